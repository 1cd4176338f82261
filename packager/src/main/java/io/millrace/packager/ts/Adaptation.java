package io.millrace.packager.ts;

/**
 * What an adaptation field says besides stuffing (ISO/IEC 13818-1 2.4.3.4).
 *
 * @param discontinuity the time base or the counter starts anew here
 * @param randomAccess decoding can start here
 * @param clock the programme clock reference on {@link MediaClock}, or {@link #NO_CLOCK}
 */
record Adaptation(boolean discontinuity, boolean randomAccess, long clock) {
  static final long NO_CLOCK = Long.MIN_VALUE;
  static final Adaptation NONE = new Adaptation(false, false, NO_CLOCK);

  private static final int DISCONTINUITY = 0x80;
  private static final int RANDOM_ACCESS = 0x40;
  private static final int PCR = 0x10;

  boolean hasClock() {
    return clock != NO_CLOCK;
  }

  /** Bytes of the field with its length byte, without stuffing. */
  int size() {
    return hasClock() ? 8 : discontinuity || randomAccess ? 2 : 0;
  }

  int flags() {
    return (discontinuity ? DISCONTINUITY : 0)
        | (randomAccess ? RANDOM_ACCESS : 0)
        | (hasClock() ? PCR : 0);
  }
}
