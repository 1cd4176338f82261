package io.millrace.packager.presentation;

/**
 * A piece of a segment that can be decoded once the ones before it have been.
 *
 * @param offset where it starts in the segment, in bytes
 * @param length bytes; 0 for one of a gap
 * @param durationTicks in the rendition's timescale
 * @param independent whether it holds a sample that decoding can start at
 */
public record Part(int offset, int length, long durationTicks, boolean independent) {
  /** Whether there is no media (HLS B9). */
  public boolean gap() {
    return length == 0;
  }

  /**
   * {@code {msn}-{epoch}.{number}.m4s}: never used twice for different bytes.
   *
   * @param number from 0 within the segment
   */
  public static String name(long msn, int epoch, int number) {
    return msn + "-" + epoch + "." + number + ".m4s";
  }
}
