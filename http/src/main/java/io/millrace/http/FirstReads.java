package io.millrace.http;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has what comes first on new connections read in turns. What a client says first is the dearest
 * thing that it says: its request or handshake, its credential. When very many come at once they
 * would all be ready to be read together, and everybody else's bytes and messages wait behind them.
 * So as many are begun to be read as go into {@value #PASS_MILLIS} ms of the event loop, by what
 * the last ones took; then for as long as that took nobody new is read, as what others wait for
 * needs the processor too. Who waits does so in the system's buffers; where few come nobody waits.
 *
 * <pre>
 *   add ──few──> read as it comes
 *     └──many──> waits ──begin──> read ──looked: how long it took──> rest ──begin──> …
 * </pre>
 *
 * <p>Belongs to the event loop.
 */
public final class FirstReads {
  /** How long the loop may be at it, about, before fewer are begun at once. */
  static final int PASS_MILLIS = 5;

  /** So many are read as they come. */
  static final int FEW = 8;

  /** So many go on being begun also where passes are long for reasons of others. */
  static final int FEWEST = 4;

  /** No more than what an event loop sees to in one pass, or nobody would know what they took. */
  static final int MOST = 32;

  /** Runs something on an event loop behind its sockets. */
  interface Timer {
    /**
     * @param any of the loop
     */
    void after(long nanos, Channel any, Runnable task);
  }

  private final LongSupplier nanoTime;
  private final Timer timer;
  private final Queue<Channel> waiting = new ArrayDeque<>();
  private int most = FEW;

  /** How many are begun to be read and were not looked at yet. */
  private int begun;

  private long begunAt;
  private boolean isArmed;

  /** Measures by the system's clock. */
  public FirstReads() {
    this(
        System::nanoTime,
        // Tasks that are executed come before the sockets, those that are scheduled after them.
        (nanos, any, task) -> {
          var _ = any.eventLoop().schedule(task, nanos, TimeUnit.NANOSECONDS);
        });
  }

  /**
   * @param nanoTime what it measures by
   */
  FirstReads(LongSupplier nanoTime, Timer timer) {
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  /**
   * A new connection, from which nothing has been read; it is when it is its turn.
   *
   * @param channel reads by itself
   */
  public void add(Channel channel) {
    if (begun < most && waiting.isEmpty()) {
      begin(channel);
    } else {
      channel.config().setAutoRead(false);
      waiting.add(channel);
    }
  }

  private void begin(Channel channel) {
    begun++;
    if (!isArmed) {
      isArmed = true;
      begunAt = nanoTime.getAsLong();
      timer.after(0, channel, () -> looked(channel));
    }
    channel.config().setAutoRead(true);
  }

  /** The loop has seen to its sockets. */
  private void looked(Channel any) {
    long took = nanoTime.getAsLong() - begunAt;
    if (took > TimeUnit.MILLISECONDS.toNanos(PASS_MILLIS)) {
      most = Math.max(FEWEST, most / 2);
    } else if (begun >= most) {
      most = Math.min(MOST, most + 1 + most / 4);
    }
    if (waiting.isEmpty()) {
      rested();
    } else {
      timer.after(
          Math.min(took, TimeUnit.MILLISECONDS.toNanos(2 * PASS_MILLIS)), any, this::rested);
    }
  }

  private void rested() {
    isArmed = false;
    begun = 0;
    while (begun < most && !waiting.isEmpty()) {
      Channel next = waiting.remove();
      if (next.isOpen()) {
        begin(next);
      }
    }
  }
}
