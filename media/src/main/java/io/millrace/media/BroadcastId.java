package io.millrace.media;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * One time on air: a ULID (48 bits of milliseconds, 80 random bits, 26 characters of Crockford's
 * base 32), so ids sort by the time they were made.
 */
public record BroadcastId(String value) implements Comparable<BroadcastId> {
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final Pattern FORM = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");
  private static final Sequence SEQUENCE = new Sequence(new SecureRandom());

  /**
   * @throws IllegalArgumentException when the value is not a ULID
   */
  public BroadcastId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a broadcast id: '" + value + "'");
    }
  }

  /** A new id for a broadcast that starts now; greater than any that this process has made. */
  public static BroadcastId create(Instant now) {
    return SEQUENCE.next(now);
  }

  /**
   * Ids that rise strictly, also within one millisecond and when the clock is set back: then the
   * next is the one before and a random step of at most 2<sup>32</sup>, which carries into the time
   * if it must. Thread-safe.
   */
  static final class Sequence {
    private final RandomGenerator random;
    private final AtomicReference<Bits> last = new AtomicReference<>(new Bits(0, 0));

    Sequence(RandomGenerator random) {
      this.random = random;
    }

    BroadcastId next(Instant now) {
      long millis = now.toEpochMilli();
      return last.updateAndGet(
              before ->
                  millis > before.millis()
                      ? new Bits(millis << 16 | random.nextInt(1 << 16), random.nextLong())
                      : before.plus(random.nextLong(1L << 32) + 1))
          .toId();
    }

    /** A ULID's 128 bits: {@code high} is the milliseconds and 16 of the random bits. */
    private record Bits(long high, long low) {
      long millis() {
        return high >>> 16;
      }

      Bits plus(long step) {
        long sum = low + step;
        return new Bits(Long.compareUnsigned(sum, low) < 0 ? high + 1 : high, sum);
      }

      BroadcastId toId() {
        char[] text = new char[26];
        long upper = high;
        long lower = low;
        for (int i = 25; i >= 0; i--) {
          text[i] = DIGITS[(int) (lower & 31)];
          lower = lower >>> 5 | upper << 59;
          upper >>>= 5;
        }
        return new BroadcastId(new String(text));
      }
    }
  }

  @Override
  public int compareTo(BroadcastId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
