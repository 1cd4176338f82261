package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;

/**
 * CRC-32 of the sections of a transport stream (ISO/IEC 13818-1 annex A): polynomial 0x04C11DB7,
 * most significant bit first, not inverted. Over a section with its CRC it is 0.
 */
public final class SectionCrc {
  private static final int[] TABLE = table();

  private SectionCrc() {}

  public static int of(Buffer bytes, int from, int until) {
    int crc = -1;
    for (int i = from; i < until; i++) {
      crc = crc << 8 ^ TABLE[(crc >>> 24) ^ bytes.getUnsignedByte(i)];
    }
    return crc;
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc << 1 ^ (crc < 0 ? 0x04C11DB7 : 0);
      }
      table[i] = crc;
    }
    return table;
  }
}
