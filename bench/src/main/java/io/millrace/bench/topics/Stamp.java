package io.millrace.bench.topics;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The time at which a message should have been sent, in its payload, and padding:
 * {@code @0000000000000000000....}. Times are {@link System#nanoTime}.
 */
final class Stamp {
  private static final byte MARK = '@';
  private static final int DIGITS = 19;

  private Stamp() {}

  static byte[] payload(long nanos, int length) {
    String text = "@" + String.format("%019d", nanos);
    return (text + ".".repeat(length - text.length())).getBytes(StandardCharsets.US_ASCII);
  }

  /** Finds it in a unit. */
  static long of(ByteBuffer bytes, int length) {
    int end = bytes.position() + length - DIGITS;
    for (int i = bytes.position(); i < end; i++) {
      if (bytes.get(i) == MARK) {
        long nanos = 0;
        for (int digit = 1; digit <= DIGITS; digit++) {
          nanos = nanos * 10 + bytes.get(i + digit) - '0';
        }
        return nanos;
      }
    }
    throw new IllegalStateException("a message without a time");
  }
}
