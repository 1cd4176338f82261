package io.millrace.media;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One reader of a live stream, with a bounded queue between the two. When the queue is full,
 * samples are dropped until the next key frame (of the picture, where there is one), which arrives
 * behind a {@link MediaEvent.Discontinuity} and the tracks as they are then: what else was told
 * meanwhile is covered by these two. The end always arrives.
 *
 * <p>The stream's home context offers, the reader's context takes. Where both are the same and the
 * reader keeps up, an event is delivered within the stream's own write.
 */
public final class LiveReader {
  private final Context home;
  private final Context context;
  private final ReaderLimits limits;
  private final Consumer<MediaEvent> consumer;
  private final CounterDataPoint dropped;

  private final ConcurrentLinkedQueue<MediaEvent> handedOver = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waitingSamples = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicBoolean deliveryScheduled = new AtomicBoolean();

  // Home context only.
  private boolean dropping;
  private List<Track> tracks = List.of();
  private long droppedSamples;

  // Reader's context only.
  private boolean isPaused;
  private boolean delivering;
  private volatile boolean closed;

  LiveReader(
      Context home,
      Context context,
      ReaderLimits limits,
      Consumer<MediaEvent> consumer,
      CounterDataPoint dropped) {
    this.home = home;
    this.context = context;
    this.limits = limits;
    this.consumer = consumer;
    this.dropped = dropped;
  }

  /** Stops delivery. On the reader's context. */
  public void pause() {
    isPaused = true;
  }

  /** Goes on with delivery. On the reader's context. */
  public void resume() {
    isPaused = false;
    deliver();
  }

  /** Delivers nothing more. From any thread. */
  public void close() {
    closed = true;
  }

  /** Samples dropped so far because this reader was too slow. On the home context. */
  public long droppedSamples() {
    return droppedSamples;
  }

  boolean isClosed() {
    return closed;
  }

  /** On the home context. */
  void offer(MediaEvent event) {
    switch (event) {
      case MediaEvent.TracksReady ready -> {
        tracks = ready.tracks();
        offerNotice(ready);
      }
      case MediaEvent.SampleReady ready -> offerSample(ready);
      case MediaEvent.Discontinuity discontinuity -> offerNotice(discontinuity);
      case MediaEvent.Ended ended -> queue(ended);
    }
    if (context.equals(home)) {
      deliver();
    } else {
      schedule();
    }
  }

  private void offerNotice(MediaEvent notice) {
    dropping |= waitingBytes.get() >= limits.bytes();
    if (!dropping) {
      queue(notice);
    }
  }

  private void queue(MediaEvent event) {
    waitingBytes.addAndGet(bytesOf(event));
    handedOver.add(event);
  }

  private static long bytesOf(MediaEvent event) {
    return event instanceof MediaEvent.SampleReady ready
        ? ready.sample().payload().length()
        : Publication.EVENT_BYTES;
  }

  private void offerSample(MediaEvent.SampleReady ready) {
    Sample sample = ready.sample();
    boolean full =
        waitingSamples.get() >= limits.samples()
            || waitingBytes.get() + sample.payload().length() > limits.bytes();
    if (full || (dropping && !isEntryPoint(sample))) {
      dropping = true;
      droppedSamples++;
      dropped.inc();
      return;
    }
    if (dropping) {
      dropping = false;
      queue(new MediaEvent.Discontinuity(trackOf(sample).timescale().toNanos(sample.dts())));
      queue(new MediaEvent.TracksReady(tracks));
    }
    waitingSamples.incrementAndGet();
    queue(ready);
  }

  private boolean isEntryPoint(Sample sample) {
    return sample.sync()
        && (trackOf(sample).isVideo() || tracks.stream().noneMatch(Track::isVideo));
  }

  private Track trackOf(Sample sample) {
    for (Track track : tracks) {
      if (track.id().equals(sample.track())) {
        return track;
      }
    }
    throw new IllegalStateException("sample of a track that was not announced: " + sample.track());
  }

  private void schedule() {
    if (deliveryScheduled.compareAndSet(false, true)) {
      context.runOnContext(
          v -> {
            deliveryScheduled.set(false);
            deliver();
          });
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (!isPaused && !closed) {
        MediaEvent event = handedOver.poll();
        if (event == null) {
          return;
        }
        waitingBytes.addAndGet(-bytesOf(event));
        if (event instanceof MediaEvent.SampleReady) {
          waitingSamples.decrementAndGet();
        }
        consumer.accept(event);
      }
    } finally {
      delivering = false;
    }
  }
}
