package io.millrace.transcoding.protocol;

import java.nio.ByteBuffer;

/**
 * One access unit. Times are in its track's timescale.
 *
 * @param track its track's id
 * @param compositionOffset presentation time minus decoding time
 * @param sync whether decoding can start here
 */
public record WireSample(
    int track, long dts, int compositionOffset, boolean sync, ByteBuffer payload) {
  /** Longer access units are refused. */
  public static final int LONGEST = 16 << 20;

  /** More than any clock counts to, and little enough to be scaled: about 3,000 years at 90 kHz. */
  static final long LATEST = 1L << 53;

  public WireSample {
    if (track < 1 || dts > LATEST || dts < -LATEST) {
      throw new IllegalArgumentException("sample of track " + track + " at " + dts);
    }
    if (payload.remaining() > LONGEST) {
      throw new IllegalArgumentException("access unit of " + payload.remaining() + " bytes");
    }
    payload = payload.asReadOnlyBuffer();
  }

  /** Presentation time. */
  public long pts() {
    return dts + compositionOffset;
  }

  @Override
  public ByteBuffer payload() {
    return payload.duplicate();
  }
}
