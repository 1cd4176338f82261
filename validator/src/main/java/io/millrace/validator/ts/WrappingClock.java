package io.millrace.validator.ts;

/**
 * Unwraps timestamps that count modulo some number: each is taken as near the last as it can be.
 */
final class WrappingClock {
  /** Of PTS and DTS. */
  static final long PES = 1L << 33;

  /** Of the PCR. */
  static final long PCR = PES * 300;

  private final long modulus;
  private long last;
  private boolean started;

  WrappingClock(long modulus) {
    this.modulus = modulus;
  }

  /** The unwrapped value, which becomes the last. */
  long advance(long value) {
    last = near(value);
    started = true;
    return last;
  }

  /** The unwrapped value. */
  long near(long value) {
    if (!started) {
      return value;
    }
    long apart = Math.floorMod(value - last, modulus);
    return last + (apart < modulus / 2 ? apart : apart - modulus);
  }
}
