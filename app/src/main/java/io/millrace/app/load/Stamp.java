package io.millrace.app.load;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * The time at which a message was meant to be sent, in its payload: digits behind a word, padded.
 * Microseconds since 1970 by a clock that never goes back within a process.
 */
public final class Stamp {
  /** No payload with a stamp is shorter. */
  public static final int LEAST_BYTES = 22;

  private static final byte[] WORD = "load ".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGITS = 16;

  @SuppressWarnings("TimeInStaticInitializer") // what it is for: both clocks at one moment
  private static final long ANCHOR =
      ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) - System.nanoTime() / 1000;

  private Stamp() {}

  /** Now, in microseconds since 1970. */
  public static long now() {
    return at(System.nanoTime());
  }

  /** The same for a value of {@link System#nanoTime}. */
  public static long at(long nanoTime) {
    return ANCHOR + nanoTime / 1000;
  }

  /** A payload of so many bytes, {@link #LEAST_BYTES} at least. */
  public static byte[] payload(long micros, int bytes) {
    byte[] payload = new byte[Math.max(LEAST_BYTES, bytes)];
    Arrays.fill(payload, (byte) '.');
    System.arraycopy(WORD, 0, payload, 0, WORD.length);
    long rest = micros;
    for (int i = WORD.length + DIGITS - 1; i >= WORD.length; i--) {
      payload[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return payload;
  }

  /** When a message was meant to be sent; empty for one that is not of this kind. */
  public static OptionalLong read(byte[] payload) {
    if (payload.length < LEAST_BYTES
        || !Arrays.equals(payload, 0, WORD.length, WORD, 0, WORD.length)) {
      return OptionalLong.empty();
    }
    long micros = 0;
    for (int i = WORD.length; i < WORD.length + DIGITS; i++) {
      if (payload[i] < '0' || payload[i] > '9') {
        return OptionalLong.empty();
      }
      micros = micros * 10 + payload[i] - '0';
    }
    return OptionalLong.of(micros);
  }
}
