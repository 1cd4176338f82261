package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/**
 * A FLAC frame in which nothing is heard (RFC 9639 9): each channel is a constant subframe of 0.
 * Its number is 0, as in MP4 nobody finds a frame by that.
 */
final class FlacSilence {
  private static final int SYNC = 0x7FFC;

  /** The block size stands behind the number, in 16 bits. */
  private static final int SIZE_FOLLOWS = 7;

  private FlacSilence() {}

  static Buffer of(FlacConfiguration flac) {
    BitWriter out = new BitWriter();
    out.bits(SYNC, 15);
    out.bits(flac.minBlockSize() == flac.maxBlockSize() ? 0 : 1, 1);
    out.bits(SIZE_FOLLOWS, 4);
    // The sample rate is that of STREAMINFO.
    out.bits(0, 4);
    out.bits(flac.channels() - 1, 4);
    // So is the sample size; and a reserved bit.
    out.bits(0, 3 + 1);
    out.bits(0, 8);
    out.bits(flac.maxBlockSize() - 1, 16);
    Buffer header = out.aligned();
    out.bits(Crc.of8(header, 0, header.length()), 8);
    for (int channel = 0; channel < flac.channels(); channel++) {
      // A constant subframe without wasted bits, and its value.
      out.bits(0, 8);
      out.bits(0, flac.bitsPerSample());
    }
    Buffer frame = out.aligned();
    return frame.appendUnsignedShort(Crc.of16(frame, 0, frame.length()));
  }
}
