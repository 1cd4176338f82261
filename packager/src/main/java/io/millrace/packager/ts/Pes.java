package io.millrace.packager.ts;

import io.vertx.core.buffer.Buffer;

/** The header of a PES packet (ISO/IEC 13818-1 2.4.3.6). */
final class Pes {
  private static final int LONGEST = 0xFFFF;
  private static final int ALIGNED = 0x84;
  private static final int PTS = 0x80;
  private static final int PTS_AND_DTS = 0xC0;

  private Pes() {}

  /** Bytes of the header and the payload. */
  static int size(Unit unit) {
    return headerSize(unit) + unit.size();
  }

  /** A header without length where the payload is too long for one, as pictures may be. */
  static Buffer header(int streamId, Unit unit) {
    int length = size(unit) - 6;
    boolean both = unit.pts() != unit.dts();
    Buffer header = Buffer.buffer(headerSize(unit));
    header.appendInt(0x100 | streamId).appendUnsignedShort(length > LONGEST ? 0 : length);
    header.appendByte((byte) ALIGNED).appendByte((byte) (both ? PTS_AND_DTS : PTS));
    header.appendByte((byte) (both ? 10 : 5));
    stamp(header, both ? 3 : 2, MediaClock.stamp(unit.pts()));
    if (both) {
      stamp(header, 1, MediaClock.stamp(unit.dts()));
    }
    return header;
  }

  private static int headerSize(Unit unit) {
    return unit.pts() == unit.dts() ? 14 : 19;
  }

  private static void stamp(Buffer header, int prefix, long stamp) {
    header.appendByte((byte) (prefix << 4 | ((int) (stamp >> 29) & 0xE) | 1));
    header.appendUnsignedShort(((int) (stamp >> 14) & 0xFFFE) | 1);
    header.appendUnsignedShort(((int) (stamp << 1) & 0xFFFE) | 1);
  }
}
