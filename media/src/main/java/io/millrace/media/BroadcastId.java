package io.millrace.media;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * One time on air: a ULID (48 bits of milliseconds, 80 random bits, 26 characters of Crockford's
 * base 32), so ids sort by the time they were made.
 */
public record BroadcastId(String value) implements Comparable<BroadcastId> {
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final Pattern FORM = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * @throws IllegalArgumentException when the value is not a ULID
   */
  public BroadcastId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a broadcast id: '" + value + "'");
    }
  }

  /** A new id for a broadcast that starts now. */
  public static BroadcastId create(Instant now) {
    return create(now, RANDOM);
  }

  static BroadcastId create(Instant now, RandomGenerator random) {
    char[] text = new char[26];
    long time = now.toEpochMilli();
    for (int i = 9; i >= 0; i--) {
      text[i] = DIGITS[(int) (time & 31)];
      time >>>= 5;
    }
    for (int i = 10; i < 26; i++) {
      text[i] = DIGITS[random.nextInt(32)];
    }
    return new BroadcastId(new String(text));
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
