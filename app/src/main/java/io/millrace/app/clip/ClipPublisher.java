package io.millrace.app.clip;

import io.millrace.ingest.RtmpPublisher;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.packager.ClipReader;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Publishes an MP4 file over RTMP at the pace of its own clock, once or in a loop whose timestamps
 * go on without a break.
 */
public final class ClipPublisher {
  private final Context context;
  private final ClipReader clip;
  private final RtmpPublisher publisher;
  private final Map<TrackId, Timescale> timescales;
  private final Semaphore writable = new Semaphore(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private ClipPublisher(Context context, ClipReader clip, RtmpPublisher publisher) {
    this.context = context;
    this.clip = clip;
    this.publisher = publisher;
    this.timescales = clip.tracks().stream().collect(Collectors.toMap(Track::id, Track::timescale));
    publisher.onWritable(this::freed);
    publisher.closed().onComplete(done -> stop());
  }

  /** What the outcome of a publication is told by. */
  public record Outcome(Optional<String> failure) {
    static final Outcome DONE = new Outcome(Optional.empty());
  }

  /**
   * Connects and publishes; blocks until the end of the file, of the connection, or interruption.
   *
   * @param address {@code rtmp://host[:port]/app/stream?key=…}
   * @param loop whether to start again at the file's end, for ever
   * @param progress told how much has been published, several times a second
   * @throws IOException when the file cannot be read
   */
  public static Outcome publish(
      Vertx vertx, Path file, URI address, boolean loop, Consumer<Duration> progress)
      throws IOException, InterruptedException {
    Context context = ((VertxInternal) vertx).createEventLoopContext();
    try (ClipReader clip = ClipReader.open(file)) {
      Promise<RtmpPublisher> connected = Promise.promise();
      context.runOnContext(v -> connect(vertx, address).onComplete(connected));
      RtmpPublisher publisher = join(connected.future());
      return new ClipPublisher(context, clip, publisher).run(loop, progress);
    } catch (ExecutionException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      return new Outcome(Optional.of(String.valueOf(why.getMessage())));
    }
  }

  private static Future<RtmpPublisher> connect(Vertx vertx, URI address) {
    try {
      return RtmpPublisher.connect(vertx, address);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  private Outcome run(boolean loop, Consumer<Duration> progress)
      throws IOException, InterruptedException {
    write(new MediaEvent.TracksReady(clip.tracks()));
    long startNanos = System.nanoTime();
    long loopNanos = 0;
    boolean again = true;
    while (again && stopped.getCount() > 0) {
      sendOnce(startNanos, loopNanos, progress);
      loopNanos += clip.duration().toNanos();
      clip.rewind();
      again = loop;
    }
    if (stopped.getCount() > 0) {
      onContext(publisher::end);
      return Outcome.DONE;
    }
    Throwable why = publisher.closed().cause();
    return why == null ? Outcome.DONE : new Outcome(Optional.of(String.valueOf(why.getMessage())));
  }

  private void sendOnce(long startNanos, long loopNanos, Consumer<Duration> progress)
      throws IOException, InterruptedException {
    long shiftNanos = Long.MIN_VALUE;
    for (Optional<Sample> next = clip.next(); next.isPresent(); next = clip.next()) {
      Sample sample = next.get();
      Timescale timescale = Objects.requireNonNull(timescales.get(sample.track()));
      long nanos = timescale.toNanos(sample.dts());
      if (shiftNanos == Long.MIN_VALUE) {
        shiftNanos = loopNanos - nanos;
      }
      long dueNanos = startNanos + nanos + shiftNanos;
      if (waitUntil(dueNanos)) {
        return;
      }
      write(
          new MediaEvent.SampleReady(
              new Sample(
                  sample.track(),
                  sample.dts() + timescale.ofNanos(shiftNanos),
                  sample.compositionOffset(),
                  sample.sync(),
                  sample.payload())));
      progress.accept(Duration.ofNanos(nanos + shiftNanos));
    }
  }

  /** Sleeps; true when the connection has ended meanwhile. */
  private boolean waitUntil(long dueNanos) throws InterruptedException {
    long left = dueNanos - System.nanoTime();
    return left > 0 ? stopped.await(left, TimeUnit.NANOSECONDS) : stopped.getCount() == 0;
  }

  private void write(MediaEvent event) throws InterruptedException {
    writable.acquire();
    context.runOnContext(
        v -> {
          if (publisher.write(event)) {
            freed();
          }
        });
  }

  /** One permit at most: the next event may be handed over. */
  private void freed() {
    writable.drainPermits();
    writable.release();
  }

  private void stop() {
    stopped.countDown();
    writable.release();
  }

  private <T> void onContext(Supplier<Future<T>> step) throws InterruptedException {
    Promise<T> promise = Promise.promise();
    context.runOnContext(v -> step.get().onComplete(promise));
    try {
      join(promise.future());
    } catch (ExecutionException e) {
      // Ending a connection that is gone already: the outcome is the same.
    }
  }

  private static <T> T join(Future<T> future) throws ExecutionException, InterruptedException {
    return future.toCompletionStage().toCompletableFuture().get();
  }
}
