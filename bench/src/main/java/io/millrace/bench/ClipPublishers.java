package io.millrace.bench;

import io.millrace.ingest.RtmpPublisher;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.packager.ClipReader;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Many publishers of one clip from one event loop, each at the clip's own pace and in a loop whose
 * timestamps go on. They start spread over two seconds, so that their key frames do not fall
 * together.
 */
final class ClipPublishers implements AutoCloseable {
  private static final long TICK_MILLIS = 10;
  private static final long SPREAD_NANOS = 2_000_000_000L;
  private static final long CONNECT_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final List<Sample> samples = new ArrayList<>();
  private final List<Track> tracks;
  private final Map<TrackId, Timescale> timescales;
  private final long clipNanos;
  private final long firstNanos;
  private final List<Line> lines = new ArrayList<>();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();

  /** One publisher: which sample is next, and in which round of the clip. */
  private final class Line {
    private final RtmpPublisher publisher;
    private final long startNanos;
    private int next;
    private long roundNanos;
    private boolean full;
    private boolean over;

    Line(RtmpPublisher publisher, long startNanos) {
      this.publisher = publisher;
      this.startNanos = startNanos;
      publisher.onWritable(() -> full = false);
      publisher
          .closed()
          .onFailure(
              why -> {
                over = true;
                lost.incrementAndGet();
              });
      publisher.write(new MediaEvent.TracksReady(tracks));
    }

    void sendDue(long nowNanos) {
      while (!over) {
        Sample sample = samples.get(next);
        Timescale timescale = timescaleOf(sample);
        long nanos = timescale.toNanos(sample.dts()) - firstNanos + roundNanos;
        if (startNanos + nanos > nowNanos) {
          return;
        }
        if (full) {
          held.incrementAndGet();
          return;
        }
        full = !publisher.write(new MediaEvent.SampleReady(inRound(sample, timescale)));
        next++;
        if (next == samples.size()) {
          next = 0;
          roundNanos += clipNanos;
        }
      }
    }

    private Sample inRound(Sample sample, Timescale timescale) {
      return new Sample(
          sample.track(),
          sample.dts() + timescale.ofNanos(roundNanos),
          sample.compositionOffset(),
          sample.sync(),
          sample.payload());
    }
  }

  /**
   * Reads the clip.
   *
   * @throws IOException when it can't be read
   */
  ClipPublishers(Path clip) throws IOException {
    try (ClipReader reader = ClipReader.open(clip)) {
      tracks = reader.tracks();
      clipNanos = reader.duration().toNanos();
      for (Optional<Sample> next = reader.next(); next.isPresent(); next = reader.next()) {
        samples.add(next.get());
      }
    }
    timescales = tracks.stream().collect(Collectors.toMap(Track::id, Track::timescale));
    Sample first = samples.getFirst();
    firstNanos = timescaleOf(first).toNanos(first.dts());
  }

  /** Connects so many and lets them send. */
  void start(int count, IntFunction<URI> address) throws InterruptedException, ExecutionException {
    for (int i = 0; i < count; i++) {
      long start = SPREAD_NANOS * i / count;
      URI uri = address.apply(i);
      try {
        connect(uri, start);
      } catch (TimeoutException e) {
        throw new IllegalStateException(uri + " does not take a publisher", e);
      }
    }
    vertx.setPeriodic(
        TICK_MILLIS,
        id -> {
          long now = System.nanoTime();
          lines.forEach(line -> line.sendDue(now));
        });
  }

  private void connect(URI uri, long spreadNanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    Promise<Void> connected = Promise.promise();
    vertx.runOnContext(
        v ->
            RtmpPublisher.connect(vertx, uri)
                .onSuccess(
                    publisher -> lines.add(new Line(publisher, System.nanoTime() + spreadNanos)))
                .<Void>mapEmpty()
                .onComplete(connected));
    connected
        .future()
        .toCompletionStage()
        .toCompletableFuture()
        .get(CONNECT_SECONDS, TimeUnit.SECONDS);
  }

  private Timescale timescaleOf(Sample sample) {
    return Objects.requireNonNull(timescales.get(sample.track()));
  }

  /** For how long one has been sending. */
  double publishedSeconds(int publisher) {
    return Math.max(0, System.nanoTime() - lines.get(publisher).startNanos) / 1e9;
  }

  /** How many the server has closed. */
  int lost() {
    return lost.get();
  }

  /** How often a sample had to wait because the server did not read. */
  int held() {
    return held.get();
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
