package io.millrace.packager.segment;

import io.millrace.media.Sample;

/** How much memory a sample takes that is in no written segment. */
public final class SampleMemory {
  /** What a sample takes besides its payload, so that very small ones count as well. */
  private static final long OVERHEAD = 256;

  private SampleMemory() {}

  /** In bytes. */
  public static long of(Sample sample) {
    return sample.payload().length() + OVERHEAD;
  }
}
