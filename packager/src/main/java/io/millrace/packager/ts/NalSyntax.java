package io.millrace.packager.ts;

import io.millrace.media.codec.AvcNal;
import io.millrace.media.codec.HevcNal;
import io.vertx.core.buffer.Buffer;

/** What a transport stream has to know of the NAL units of AVC and HEVC. */
enum NalSyntax {
  AVC(AvcNal.ACCESS_UNIT_DELIMITER, AvcNal.SPS, AvcNal.PPS),
  HEVC(HevcNal.ACCESS_UNIT_DELIMITER, HevcNal.VPS, HevcNal.PPS);

  private final int delimiter;
  private final int firstSet;
  private final int lastSet;

  NalSyntax(int delimiter, int firstSet, int lastSet) {
    this.delimiter = delimiter;
    this.firstSet = firstSet;
    this.lastSet = lastSet;
  }

  /** The type of a NAL unit that starts with this byte. */
  int type(byte first) {
    return this == AVC ? AvcNal.type(first) : HevcNal.type(first);
  }

  boolean isDelimiter(int type) {
    return type == delimiter;
  }

  boolean isSlice(int type) {
    return this == AVC ? AvcNal.isPicture(type) : HevcNal.isPicture(type);
  }

  /** A bit for each kind of parameter set, 0 for what is none. */
  int setBit(int type) {
    return type >= firstSet && type <= lastSet ? 1 << (type - firstSet) : 0;
  }

  /** All bits of {@link #setBit}. */
  int allSets() {
    return (1 << (lastSet - firstSet + 1)) - 1;
  }

  /**
   * An access unit delimiter behind its start code; any kind of slice may follow it.
   *
   * @param sliceHeader the first two bytes of the picture's first slice: in HEVC they tell its
   *     temporal layer, which the delimiter has too
   */
  Buffer delimiterBefore(int sliceHeader) {
    Buffer bytes = Buffer.buffer(7).appendInt(1);
    return this == AVC
        ? bytes.appendByte((byte) delimiter).appendByte((byte) 0xF0)
        : bytes
            .appendByte((byte) (delimiter << 1))
            .appendByte((byte) (sliceHeader & 7))
            .appendByte((byte) 0x50);
  }
}
