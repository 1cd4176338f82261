package io.millrace.packager.ts;

import io.vertx.core.buffer.Buffer;

/** What tells NAL units apart (ISO/IEC 14496-10 table 7-1, ISO/IEC 23008-2 table 7-1). */
enum NalSyntax {
  AVC(9, 7, 8, 1, 5),
  HEVC(35, 32, 34, 0, 31);

  private final int delimiter;
  private final int firstSet;
  private final int lastSet;
  private final int firstSlice;
  private final int lastSlice;

  NalSyntax(int delimiter, int firstSet, int lastSet, int firstSlice, int lastSlice) {
    this.delimiter = delimiter;
    this.firstSet = firstSet;
    this.lastSet = lastSet;
    this.firstSlice = firstSlice;
    this.lastSlice = lastSlice;
  }

  /** The type of the NAL unit whose header is here. */
  int type(Buffer bytes, int at) {
    int first = bytes.getByte(at);
    return this == AVC ? first & 0x1F : (first >> 1) & 0x3F;
  }

  boolean isDelimiter(int type) {
    return type == delimiter;
  }

  boolean isSlice(int type) {
    return type >= firstSlice && type <= lastSlice;
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
        ? bytes.appendUnsignedShort(0x09F0)
        : bytes
            .appendByte((byte) 0x46)
            .appendByte((byte) (sliceHeader & 7))
            .appendByte((byte) 0x50);
  }
}
