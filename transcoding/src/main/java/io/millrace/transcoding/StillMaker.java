package io.millrace.transcoding;

import io.millrace.children.BackOff;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.WireTrack;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes JPEGs of key frames of this node's streams, one after the other, in one child process for
 * all: it is started when somebody asks, and ended when nobody has asked for a minute. A picture
 * that is not made in time, or whose child dies, is none; streams never notice.
 *
 * <pre>
 *   no child ──make──> starting ──its hello──> ready ──a minute without work──> no child
 *      ^                  └── it ends, or does not answer ──┘
 *      └── a growing pause, in which nothing is made ──┘
 * </pre>
 *
 * Thread-safe; what it has is confined to its context.
 */
public final class StillMaker {
  /** Why there is none: the labels of what is counted. */
  static final List<String> REASONS = List.of("busy", "late", "undecodable", "died");

  /** So many key frames wait at most, those of as many streams; what comes then is not made. */
  static final int LONGEST_QUEUE = 32;

  private static final Logger LOGGER = LoggerFactory.getLogger(StillMaker.class);
  private static final long NANOS = 1_000_000_000L;

  /** What has waited for so long is not asked for any more. */
  private static final long PATIENCE_NANOS = 5 * NANOS;

  private static final long IDLE_NANOS = 60 * NANOS;
  private static final long START_NANOS = 30 * NANOS;
  private static final long WATCH_MILLIS = 500;
  private static final Duration STOP_GRACE = Duration.ofSeconds(1);

  /** Makes a run of the program. */
  interface Runs {
    /** On the maker's context. */
    Child start(Child.Listener listener);
  }

  private record Asked(
      Track track, Sample sample, int lines, Promise<Optional<Buffer>> done, long sinceNanos) {}

  private final Vertx vertx;
  private final Context context;
  private final Runs runs;
  private final TranscodingMetrics metrics;
  private final long hangNanos;

  private final Deque<Asked> queue = new ArrayDeque<>();
  private final BackOff backOff = new BackOff();
  private volatile @Nullable Child child;
  private @Nullable Asked making;
  private boolean ready;
  private boolean idle;
  private int number;
  private long startedNanos;
  private long readyNanos;
  private long heardNanos;
  private long pausedUntilNanos = System.nanoTime();

  /**
   * @param context on which the child is talked to
   * @param hangTimeout how long a picture may take
   */
  StillMaker(
      Vertx vertx, Context context, Runs runs, TranscodingMetrics metrics, Duration hangTimeout) {
    this.vertx = vertx;
    this.context = context;
    this.runs = runs;
    this.metrics = metrics;
    this.hangNanos = hangTimeout.toNanos();
    vertx.setPeriodic(WATCH_MILLIS, _ -> context.runOnContext(_ -> watch(System.nanoTime())));
  }

  /**
   * Makes a JPEG of a key frame, no larger than it is.
   *
   * @param lines of its shorter side
   * @return empty where none can be made now; completes on the caller's context, never fails
   */
  public Future<Optional<Buffer>> make(Track track, Sample keyFrame, int lines) {
    Context caller = vertx.getOrCreateContext();
    Promise<Optional<Buffer>> answer = Promise.promise();
    Promise<Optional<Buffer>> done = Promise.promise();
    done.future().onComplete(made -> caller.runOnContext(_ -> answer.handle(made)));
    context.runOnContext(
        _ -> ask(new Asked(track, keyFrame, lines, done, System.nanoTime()), System.nanoTime()));
    return answer.future();
  }

  /** The process that works now; negative while there is none. From any thread. */
  public long pid() {
    Child running = child;
    return running == null ? -1 : running.pid();
  }

  private void ask(Asked asked, long now) {
    if (queue.size() >= LONGEST_QUEUE || (child == null && now - pausedUntilNanos < 0)) {
      none(asked, "busy");
      return;
    }
    queue.add(asked);
    if (child == null) {
      start(now);
    }
    pump(now);
  }

  private void none(Asked asked, String reason) {
    metrics.noStill.labelValues(reason).inc();
    asked.done.complete(Optional.empty());
  }

  private void start(long now) {
    ready = false;
    idle = false;
    startedNanos = now;
    heardNanos = now;
    child =
        runs.start(
            new Child.Listener() {
              @Override
              public void frame(Frame frame) {
                received(frame, System.nanoTime());
              }

              @Override
              public void ended(String reason) {
                over(reason, System.nanoTime());
              }
            });
  }

  private void pump(long now) {
    Child to = child;
    while (ready && to != null && making == null && !queue.isEmpty()) {
      Asked next = queue.remove();
      if (now - next.sinceNanos > PATIENCE_NANOS) {
        none(next, "late");
      } else {
        making = next;
        heardNanos = now;
        number = number + 1 & 0xFF;
        WireTrack track = WireMedia.track(next.track);
        to.send(new Frame.KeyFrame(number, next.lines, track, WireMedia.sample(next.sample)));
      }
    }
  }

  private void received(Frame frame, long now) {
    switch (frame) {
      case Frame.Hello hello -> {
        if (hello.version() == Frame.VERSION) {
          child().send(new Frame.Hello(Frame.VERSION, "millrace", List.of()));
          ready = true;
          readyNanos = now;
        } else {
          child().stop();
        }
      }
      case Frame.Still still when making != null && still.wish() == number -> {
        Asked asked = making;
        making = null;
        heardNanos = now;
        Buffer jpeg = WireMedia.buffer(still.jpeg());
        if (jpeg.length() == 0) {
          none(asked, "undecodable");
        } else {
          metrics.stills.inc();
          asked.done.complete(Optional.of(jpeg));
        }
      }
      default -> child().stop();
    }
    pump(now);
  }

  private Child child() {
    Child running = child;
    if (running == null) {
      throw new IllegalStateException("a frame of no child");
    }
    return running;
  }

  private void over(String reason, long now) {
    Duration ran = ready ? Duration.ofNanos(now - readyNanos) : Duration.ZERO;
    child = null;
    ready = false;
    Asked lost = making;
    making = null;
    if (lost != null) {
      none(lost, "died");
    }
    if (idle) {
      if (!queue.isEmpty()) {
        start(now);
      }
      return;
    }
    Duration pause = backOff.afterRun(ran);
    pausedUntilNanos = now + pause.toNanos();
    queue.forEach(asked -> none(asked, "died"));
    queue.clear();
    LOGGER
        .atWarn()
        .addKeyValue("reason", reason)
        .addKeyValue("pauseMillis", pause.toMillis())
        .log("the program that makes stills has ended; there are none for a while");
  }

  /** Ends what hangs, and what nobody needs any more. */
  private void watch(long now) {
    Child running = child;
    if (running == null) {
      return;
    }
    boolean hangs =
        ready ? making != null && now - heardNanos > hangNanos : now - startedNanos > START_NANOS;
    boolean isUnused = ready && making == null && queue.isEmpty() && now - heardNanos > IDLE_NANOS;
    if (hangs || isUnused) {
      idle = isUnused;
      // What comes meanwhile waits for the next one.
      ready = false;
      running.stop(isUnused ? STOP_GRACE : Duration.ZERO);
    }
  }
}
