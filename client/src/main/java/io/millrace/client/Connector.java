package io.millrace.client;

import io.millrace.client.wire.FrameReader;
import io.millrace.client.wire.FrameWriter;
import io.millrace.client.wire.Link;
import io.millrace.client.wire.MalformedFrameException;
import io.millrace.client.wire.ServerFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to the server: makes it, says who the client is, watches whether it is
 * alive, and makes it again.
 *
 * <pre>
 *   waiting ──time to try──> connecting ──let in──> in ──lost, silent──> waiting
 *      └── ended, or not let in for good, from everywhere ──> ended
 * </pre>
 *
 * Whoever calls out holds {@code handing}, so that what hears is called by one thread at a time,
 * also when one connection follows another. The fields are guarded by this object's own lock, under
 * which nobody is called.
 */
final class Connector implements Link.Receiver {
  /** Hears from the connector; called by one thread at a time. */
  interface Hearer {
    /** The server has let the client in. */
    void in(Link link);

    void received(ServerFrame frame);

    /** The connection is lost, or could not be made. */
    void out(MillraceException reason);

    /** It is over. */
    void ended(MillraceException reason);
  }

  private static final System.Logger LOGGER = System.getLogger(Connector.class.getName());
  private static final Duration BEAT = Duration.ofMillis(500);
  private static final String CONNECT = "connect";
  private static final Duration LONGEST_BEFORE_EXPIRY = Duration.ofSeconds(30);

  private final Options options;
  private final ReentrantLock handing;
  private final Hearer hearer;
  private final SplittableRandom random = new SplittableRandom();
  private final Refusals refusals;
  private @Nullable ScheduledFuture<?> beat;
  private @Nullable ScheduledFuture<?> renewal;
  private @Nullable Link link;
  private @Nullable String token;
  private @Nullable MillraceException refusal;
  private boolean isIn;
  private boolean isEnded;
  private boolean isPinged;
  private long linkedAt;
  private long pingNanos;
  private int attempt;

  Connector(Options options, ReentrantLock handing, Hearer hearer) {
    this.options = options;
    this.refusals = new Refusals(options.refusedFor());
    this.handing = handing;
    this.hearer = hearer;
  }

  /** Begins; from now on until {@link #end} there is a connection, or one is being made. */
  synchronized void begin() {
    beat = Timers.every(BEAT, this::beat);
    Thread.startVirtualThread(this::connect);
  }

  private void connect() {
    String fresh;
    synchronized (this) {
      // It was of the connection before.
      refusal = null;
    }
    try {
      fresh = options.token().map(Supplier::get).orElse(null);
    } catch (RuntimeException e) {
      handing.lock();
      try {
        failed(new MillraceException(MillraceException.UNREACHABLE, "there is no token: " + e, e));
      } finally {
        handing.unlock();
      }
      return;
    }
    synchronized (this) {
      if (!isEnded) {
        token = fresh;
        linkedAt = System.nanoTime();
        link = Link.open(options.http(), options.address(), options.connectTimeout(), this);
      }
    }
  }

  @Override
  public void opened(Link opened) {
    opened.send(FrameWriter.connect(CONNECT, shown()));
  }

  private synchronized Optional<String> shown() {
    return Optional.ofNullable(token);
  }

  private synchronized boolean isCurrent(Link other) {
    return link == other && !isEnded;
  }

  @Override
  public void received(Link from, byte[] bytes) {
    ServerFrame frame;
    try {
      frame = FrameReader.read(bytes);
    } catch (MalformedFrameException e) {
      LOGGER.log(System.Logger.Level.WARNING, "the server sent what cannot be read", e);
      from.abort("the server sent what cannot be read: " + e.getMessage());
      return;
    }
    handing.lock();
    try {
      if (!isCurrent(from)) {
        return;
      }
      switch (frame) {
        case ServerFrame.Connected connected -> connected(from, connected);
        case ServerFrame.Refused refused when refused.isOfConnection(CONNECT) ->
            refused(new MillraceException(refused.code(), refused.message()));
        default -> hearer.received(frame);
      }
    } finally {
      handing.unlock();
    }
  }

  private void connected(Link from, ServerFrame.Connected connected) {
    boolean isRenewed;
    synchronized (this) {
      isRenewed = isIn;
      isIn = true;
      refusals.letIn();
      isPinged = false;
      attempt = 0;
      pingNanos = Duration.ofMillis(Math.max(1, connected.pingMillis())).toNanos();
      connected.expires().ifPresent(this::renewBefore);
    }
    if (!isRenewed) {
      hearer.in(from);
      options.listener().connected(connected.principal());
    }
  }

  /** Shows a newer token before the one in use ends; one that never changes cannot. */
  private void renewBefore(Instant expiry) {
    if (options.token().isEmpty()) {
      return;
    }
    Duration left = Duration.between(Instant.now(), expiry);
    Duration early = left.dividedBy(4);
    Duration wait =
        left.minus(early.compareTo(LONGEST_BEFORE_EXPIRY) > 0 ? LONGEST_BEFORE_EXPIRY : early);
    if (wait.isPositive()) {
      renewal = Timers.after(wait, this::renew);
    }
  }

  private void renew() {
    String fresh;
    try {
      fresh = options.token().map(Supplier::get).orElse(null);
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, "there is no newer token", e);
      return;
    }
    synchronized (this) {
      if (isIn && link != null && fresh != null && !fresh.equals(token)) {
        token = fresh;
        link.send(FrameWriter.connect(CONNECT, Optional.of(fresh)));
      }
    }
  }

  /** The connection was refused, or is about to be closed for what is said. */
  private synchronized void refused(MillraceException why) {
    refusal = why;
  }

  @Override
  public void lost(Link gone, int closeCode, String reason, @Nullable Throwable cause) {
    handing.lock();
    try {
      if (isCurrent(gone)) {
        String words = closeCode == 0 ? reason : reason + " (" + closeCode + ")";
        failed(
            cause == null
                ? new MillraceException(MillraceException.UNREACHABLE, words)
                : new MillraceException(
                    MillraceException.UNREACHABLE, words + ": " + cause, cause));
      }
    } finally {
      handing.unlock();
    }
  }

  private void failed(MillraceException failure) {
    MillraceException reason;
    boolean isFinal;
    Duration wait;
    synchronized (this) {
      if (isEnded) {
        return;
      }
      reason = refusal == null ? failure : refusal;
      // Who was in may come in again, with a newer token or after its key was mended.
      boolean isRefused = refusal != null && !refusal.isTransient() && !isIn;
      isFinal = isRefused && !refusals.mayPass(System.nanoTime());
      if (!isRefused) {
        refusals.unanswered();
      }
      link = null;
      isIn = false;
      if (renewal != null) {
        renewal.cancel(false);
      }
      wait = options.backoff().before(attempt++, random);
    }
    hearer.out(reason);
    if (isFinal) {
      end(reason);
      return;
    }
    options.listener().disconnected(reason);
    Timers.later(wait, this::connect);
  }

  private synchronized void beat() {
    Link watched = link;
    if (watched == null) {
      return;
    }
    watched.probe();
    long silent = watched.silentNanos();
    if (!isIn) {
      if (System.nanoTime() - linkedAt > options.connectTimeout().toNanos()) {
        watched.abort("the server did not answer in time");
      }
    } else if (silent >= 2 * pingNanos) {
      watched.abort("nothing was heard of the server for too long");
    } else if (silent < pingNanos) {
      isPinged = false;
    } else if (!isPinged) {
      isPinged = true;
      watched.send(FrameWriter.ping());
    }
  }

  /** Ends the connection for good. */
  void end(MillraceException reason) {
    Link last;
    synchronized (this) {
      if (isEnded) {
        return;
      }
      isEnded = true;
      last = link;
      link = null;
      if (beat != null) {
        beat.cancel(false);
      }
      if (renewal != null) {
        renewal.cancel(false);
      }
    }
    if (last != null) {
      last.close();
    }
    handing.lock();
    try {
      hearer.ended(reason);
      options.listener().closed(reason);
    } finally {
      handing.unlock();
    }
  }
}
