package io.millrace.transcoding;

import io.millrace.children.BackOff;
import io.millrace.transcoding.protocol.Frame;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has pictures of many sources made by one child, one after the other, so that what is wrong with
 * one source costs the others a moment at most.
 *
 * <pre>
 *   NONE ──ask, no pause──> STARTING ──its hello──> READY ──a minute without work──> RETIRING
 *    ^ ^                       │ ends, is late        │ ends, hangs                      │ ends
 *    │ └──────── a pause ──────┴──────────────────────┘                                  │
 *    └───────────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * Who waits, waits through all of it, up to its patience. A picture in whose making the child ends
 * is tried once more, behind the others; where that ends it again, or where it hangs, the picture
 * is broken and its source is refused for a while ({@link Blames}). The pause grows from run to
 * run, until one has made something.
 *
 * <p>Confined to one context, on which the child's listener is called too.
 */
final class PictureQueue implements Child.Listener {
  /** Why there is none: the labels of what is counted. */
  static final List<String> REASONS =
      List.of("busy", "late", "undecodable", "died", "hung", "blamed");

  /** So many wait at most; what comes then is not made. */
  static final int LONGEST = 32;

  private static final Logger LOGGER = LoggerFactory.getLogger(PictureQueue.class);
  private static final long NANOS = 1_000_000_000L;

  /** What has waited for so long is not asked for any more. */
  private static final long PATIENCE_NANOS = 5 * NANOS;

  /** How long a picture may take; the first of a run has what the program may say nothing for. */
  private static final long PICTURE_NANOS = 3 * NANOS;

  private static final long IDLE_NANOS = 60 * NANOS;
  private static final long START_NANOS = 30 * NANOS;
  private static final Duration STOP_GRACE = Duration.ofSeconds(1);

  /** Makes runs of the program. */
  interface Runs {
    /** On the queue's context, on which the listener is called, never within this call. */
    PictureRun start(Child.Listener listener);
  }

  private enum State {
    NONE,
    STARTING,
    READY,
    /** Nobody needed it; it ends by our wish. */
    RETIRING,
    /** It hangs, or says what it should not; it ends by our wish. */
    KILLED
  }

  /** One that waits; changed by the queue alone. */
  private static final class Asked {
    final String source;
    final IntFunction<Frame> frame;
    final Consumer<PictureOutcome> done;
    long sinceNanos;
    boolean again;

    Asked(String source, IntFunction<Frame> frame, Consumer<PictureOutcome> done, long now) {
      this.source = source;
      this.frame = frame;
      this.done = done;
      this.sinceNanos = now;
    }
  }

  private final Runs runs;
  private final TranscodingMetrics metrics;
  private final long hangNanos;
  private final LongSupplier clock;

  private final Deque<Asked> queue = new ArrayDeque<>();
  private final Blames blames = new Blames();
  private BackOff backOff = new BackOff();
  private State state = State.NONE;
  private volatile @Nullable PictureRun run;
  private @Nullable Asked making;
  private boolean hung;
  private boolean madeSome;
  private int number;
  private long sinceNanos;
  private long heardNanos;
  private long pausedUntilNanos;

  /**
   * @param hangTimeout how long the first picture of a run may take
   * @param clock nanoseconds, of any origin
   */
  PictureQueue(Runs runs, TranscodingMetrics metrics, Duration hangTimeout, LongSupplier clock) {
    this.runs = runs;
    this.metrics = metrics;
    this.hangNanos = hangTimeout.toNanos();
    this.clock = clock;
    this.pausedUntilNanos = clock.getAsLong();
  }

  /**
   * Asks for a picture.
   *
   * @param source whose it is: what is broken is held against it
   * @param frame the wish, by the number that it carries; throws {@link IllegalArgumentException}
   *     where it cannot be said
   * @param done hears once, on the context
   */
  void ask(String source, IntFunction<Frame> frame, Consumer<PictureOutcome> done) {
    long now = clock.getAsLong();
    Asked asked = new Asked(source, frame, done, now);
    if (blames.refuses(source, now)) {
      none(asked, "blamed", new PictureOutcome.Later());
      return;
    }
    boolean isLongPause = state == State.NONE && pausedUntilNanos - now > PATIENCE_NANOS;
    if (queue.size() >= LONGEST || isLongPause) {
      none(asked, "busy", new PictureOutcome.Later());
      return;
    }
    queue.add(asked);
    startWhenDue(now);
    pump(now);
  }

  /** The process that works now; negative while there is none. From any thread. */
  long pid() {
    PictureRun running = run;
    return running == null ? -1 : running.pid();
  }

  private void none(Asked asked, String reason, PictureOutcome outcome) {
    metrics.noStill.labelValues(reason).inc();
    asked.done.accept(outcome);
  }

  private void startWhenDue(long now) {
    if (state == State.NONE && !queue.isEmpty() && now - pausedUntilNanos >= 0) {
      state = State.STARTING;
      hung = false;
      madeSome = false;
      sinceNanos = now;
      heardNanos = now;
      run = runs.start(this);
    }
  }

  private void pump(long now) {
    PictureRun to = run;
    while (state == State.READY && to != null && making == null && !queue.isEmpty()) {
      Asked next = queue.remove();
      if (now - next.sinceNanos > PATIENCE_NANOS) {
        none(next, "late", new PictureOutcome.Later());
      } else {
        send(next, to, now);
      }
    }
  }

  private void send(Asked next, PictureRun to, long now) {
    int nextNumber = number + 1 & 0xFF;
    Frame frame;
    try {
      frame = next.frame.apply(nextNumber);
    } catch (IllegalArgumentException e) {
      LOGGER.debug("no picture of {}", next.source, e);
      none(next, "undecodable", new PictureOutcome.Broken());
      return;
    }
    number = nextNumber;
    making = next;
    heardNanos = now;
    to.send(frame);
  }

  @Override
  public void frame(Frame frame) {
    long now = clock.getAsLong();
    PictureRun from = run;
    if (from == null || (state != State.STARTING && state != State.READY)) {
      return;
    }
    switch (frame) {
      case Frame.Hello hello when hello.version() == Frame.VERSION && state == State.STARTING -> {
        from.send(new Frame.Hello(Frame.VERSION, "millrace", List.of()));
        state = State.READY;
        sinceNanos = now;
        heardNanos = now;
      }
      case Frame.Still still when making != null && still.wish() == number -> {
        Asked asked = making;
        making = null;
        heardNanos = now;
        madeSome = true;
        blames.clear(asked.source);
        Buffer bytes = WireMedia.buffer(still.jpeg());
        if (bytes.length() == 0) {
          none(asked, "undecodable", new PictureOutcome.Broken());
        } else {
          metrics.stills.inc();
          asked.done.accept(new PictureOutcome.Made(bytes));
        }
      }
      default -> kill(from, State.KILLED, Duration.ZERO);
    }
    pump(now);
  }

  private void kill(PictureRun running, State by, Duration grace) {
    state = by;
    running.stop(grace);
  }

  @Override
  public void ended(String reason) {
    long now = clock.getAsLong();
    boolean wasReady = state == State.READY || state == State.KILLED;
    boolean retired = state == State.RETIRING;
    state = State.NONE;
    run = null;
    Asked lost = making;
    making = null;
    if (!retired) {
      backOff = madeSome ? new BackOff() : backOff;
      Duration pause =
          backOff.afterRun(wasReady ? Duration.ofNanos(now - sinceNanos) : Duration.ZERO);
      pausedUntilNanos = now + pause.toNanos();
      LOGGER
          .atWarn()
          .addKeyValue("stream", lost == null ? "none" : lost.source)
          .addKeyValue("reason", reason)
          .addKeyValue("pauseMillis", pause.toMillis())
          .log("the program that makes pictures of streams has ended; it is started again");
    }
    if (lost != null) {
      lost(lost, now);
    }
    startWhenDue(now);
  }

  /** What was being made when the child ended. */
  private void lost(Asked asked, long now) {
    if (!asked.again && !hung) {
      asked.again = true;
      asked.sinceNanos = now;
      queue.add(asked);
      return;
    }
    Duration refused = blames.add(asked.source, now);
    LOGGER
        .atWarn()
        .addKeyValue("stream", asked.source)
        .addKeyValue("pauseMillis", refused.toMillis())
        .log("a picture of this stream ends whoever decodes it; none of it are made for a while");
    none(asked, hung ? "hung" : "died", new PictureOutcome.Broken());
  }

  /** Starts what is due, and ends what hangs or nobody needs any more. A few times a second. */
  void watch() {
    long now = clock.getAsLong();
    PictureRun running = run;
    if (running == null) {
      dropLate(now);
      startWhenDue(now);
      return;
    }
    switch (state) {
      case STARTING -> {
        dropLate(now);
        if (now - sinceNanos > START_NANOS) {
          kill(running, State.KILLED, Duration.ZERO);
        }
      }
      case READY -> {
        long silent = now - heardNanos;
        hung = making != null && silent > (madeSome ? PICTURE_NANOS : hangNanos);
        if (hung) {
          kill(running, State.KILLED, Duration.ZERO);
        } else if (making == null && silent > IDLE_NANOS) {
          kill(running, State.RETIRING, STOP_GRACE);
        }
      }
      case NONE, RETIRING, KILLED -> dropLate(now);
    }
  }

  private void dropLate(long now) {
    Iterator<Asked> all = queue.iterator();
    while (all.hasNext()) {
      Asked asked = all.next();
      if (now - asked.sinceNanos > PATIENCE_NANOS) {
        all.remove();
        none(asked, "late", new PictureOutcome.Later());
      }
    }
  }
}
