package io.millrace.access;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds publishes against {@link PublishLimits}: two token buckets, each of one second's amount,
 * full at the beginning. A publish is let in while neither is empty, and takes what it takes: one
 * that is larger than a bucket leaves a debt, which the next ones wait for. Times are nanoseconds
 * of one monotonic clock. Thread-safe, without locks: one rate may be shared by connections of
 * several event loops.
 */
public final class PublishRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Bucket messages;
  private final Bucket bytes;

  public PublishRate(PublishLimits limits, long now) {
    this.messages = new Bucket(limits.messagesPerSecond(), now);
    this.bytes = new Bucket(limits.bytesPerSecond(), now);
  }

  /**
   * Asks for one publish.
   *
   * @param size of headers and payload, in bytes
   * @return 0 when it is let in; else how many nanoseconds from now it would be
   */
  public long take(int size, long now) {
    long wait = messages.take(1, now);
    if (wait > 0) {
      return wait;
    }
    wait = bytes.take(size, now);
    if (wait > 0) {
      messages.giveBack(1);
    }
    return wait;
  }

  /** Whether nothing would be another if it were forgotten: both buckets are full. */
  boolean isFull(long now) {
    return messages.isFull(now) && bytes.isFull(now);
  }

  /**
   * A token bucket, kept as the moment at which it will be full: taking moves that on by what the
   * amount takes to flow in again.
   */
  private static final class Bucket {
    private final long perSecond;
    private final AtomicLong fullAt;

    Bucket(long perSecond, long now) {
      this.perSecond = perSecond;
      this.fullAt = new AtomicLong(now);
    }

    long take(long amount, long now) {
      if (perSecond == PublishLimits.UNLIMITED) {
        return 0;
      }
      while (true) {
        long before = fullAt.get();
        // Differences, since such clocks may pass the largest number.
        long behind = Math.max(0, before - now);
        if (behind >= SECOND) {
          return behind - SECOND + 1;
        }
        if (fullAt.compareAndSet(before, now + behind + nanos(amount))) {
          return 0;
        }
      }
    }

    void giveBack(long amount) {
      if (perSecond != PublishLimits.UNLIMITED) {
        fullAt.addAndGet(-nanos(amount));
      }
    }

    boolean isFull(long now) {
      return perSecond == PublishLimits.UNLIMITED || fullAt.get() - now <= 0;
    }

    private long nanos(long amount) {
      return amount * SECOND / perSecond;
    }
  }
}
