package io.millrace.media;

/** How much may wait for a reader; beyond it, samples are dropped to the next key frame. */
public record ReaderLimits(int samples, long bytes) {
  /** About ten seconds of a good picture. */
  public static final ReaderLimits DEFAULT = new ReaderLimits(2_000, 32L << 20);
}
