package io.millrace.media;

import io.vertx.core.Context;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One publisher's time on a stream. Used on the publisher's own context only. Where that is the
 * stream's home, events go straight through; otherwise they cross in batches through a queue
 * bounded in bytes, and the publisher is asked to pause while it is full.
 */
public final class Publication {
  private static final long QUEUE_BYTES = 8L << 20;

  /** What an event takes besides its payload, so that those without one are bounded too. */
  static final int EVENT_BYTES = 256;

  private final LiveStream stream;
  private final PublishRequest request;
  private final Context context;

  private final ConcurrentLinkedQueue<MediaEvent> crossing = new ConcurrentLinkedQueue<>();
  private final AtomicLong crossingBytes = new AtomicLong();
  private final AtomicBoolean crossingScheduled = new AtomicBoolean();

  // The publisher's context only.
  private Runnable onWritable = () -> {};
  private boolean over;

  // Changed by the publisher's context only, before it schedules a crossing.
  private volatile boolean full;

  private volatile long lastHeardNanos = System.nanoTime();
  private volatile long skippedMessages;

  Publication(LiveStream stream, PublishRequest request, Context context) {
    this.stream = stream;
    this.request = request;
    this.context = context;
  }

  public LiveStream stream() {
    return stream;
  }

  /**
   * Hands over one event: first {@link MediaEvent.TracksReady}, then samples in decoding order.
   *
   * @return false when the queue is full, and from then on until {@link #onWritable}'s handler
   *     runs: pause the socket. The event itself has been taken
   * @throws UnsupportedMediaException when the tracks cannot be carried, with words for the
   *     publisher; nothing has been taken, and the publication is to be ended
   */
  public boolean write(MediaEvent event) {
    if (over) {
      return true;
    }
    if (event instanceof MediaEvent.TracksReady ready) {
      stream.check(ready.tracks());
    }
    if (context.equals(stream.home())) {
      stream.write(this, event);
      return true;
    }
    crossing.add(event);
    if (crossingBytes.addAndGet(bytesOf(event)) > QUEUE_BYTES) {
      full = true;
    }
    scheduleCrossing();
    return !full;
  }

  /** Sets what is called when a full queue has room again. */
  public void onWritable(Runnable handler) {
    onWritable = handler;
  }

  /** Bytes of any kind have arrived from the publisher: it is alive. */
  public void heard() {
    lastHeardNanos = System.nanoTime();
  }

  /**
   * Tells how many of the publisher's messages were of no use.
   *
   * @param soFar since it came
   */
  public void skipped(long soFar) {
    skippedMessages = soFar;
  }

  /** From any thread. */
  long skippedMessages() {
    return skippedMessages;
  }

  /** The publisher is gone. Does nothing the second time. */
  public void end(EndReason reason) {
    if (over) {
      return;
    }
    if (context.equals(stream.home())) {
      over = true;
      stream.leave(this, reason);
    } else {
      crossingBytes.addAndGet(EVENT_BYTES);
      crossing.add(new MediaEvent.Ended(reason));
      over = true;
      scheduleCrossing();
    }
  }

  /** {@link System#nanoTime} of the last sign of life. From any thread. */
  long lastHeardNanos() {
    return lastHeardNanos;
  }

  /** Which of the stream's inputs it is. From any thread. */
  InputRole input() {
    return request.input();
  }

  String protocol() {
    return request.protocol();
  }

  String peer() {
    return request.peer();
  }

  /** The id of the key that it came with. From any thread. */
  Optional<String> key() {
    return request.key();
  }

  /** On the stream's home context. */
  void evict(EndReason reason) {
    context.runOnContext(
        v -> {
          if (!over) {
            over = true;
            request.onEvicted().accept(reason);
          }
        });
  }

  private void scheduleCrossing() {
    if (crossingScheduled.compareAndSet(false, true)) {
      stream.home().runOnContext(v -> cross());
    }
  }

  /** On the stream's home context. */
  private void cross() {
    crossingScheduled.set(false);
    long taken = 0;
    for (MediaEvent event = crossing.poll(); event != null; event = crossing.poll()) {
      taken += bytesOf(event);
      stream.write(this, event);
    }
    if (crossingBytes.addAndGet(-taken) < QUEUE_BYTES / 2 && full) {
      context.runOnContext(v -> becomeWritable());
    }
  }

  private void becomeWritable() {
    if (full && crossingBytes.get() < QUEUE_BYTES / 2) {
      full = false;
      onWritable.run();
    }
  }

  private static long bytesOf(MediaEvent event) {
    return event instanceof MediaEvent.SampleReady ready
        ? EVENT_BYTES + ready.sample().payload().length()
        : EVENT_BYTES;
  }
}
