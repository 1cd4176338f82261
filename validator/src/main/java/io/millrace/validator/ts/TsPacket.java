package io.millrace.validator.ts;

import java.util.OptionalLong;

/**
 * One transport packet (2.4.3.2).
 *
 * @param offset of its sync byte in the segment
 * @param payload where its payload starts; at {@code end} when there is none
 * @param pcr in 27 MHz ticks
 */
public record TsPacket(
    int offset,
    int pid,
    boolean unitStart,
    boolean error,
    boolean scrambled,
    boolean hasPayload,
    int counter,
    boolean discontinuity,
    OptionalLong pcr,
    int payload) {
  public static final int SIZE = 188;
  static final int NULL_PID = 0x1FFF;

  private static final long PCR_BASE = 300;

  /** Reads the packet at an offset; its sync byte was looked at already. */
  public static TsPacket read(byte[] bytes, int offset) {
    int second = bytes[offset + 1];
    int control = bytes[offset + 3] >> 4 & 3;
    boolean hasPayload = (control & 1) != 0;
    int payload = offset + 4;
    boolean discontinuity = false;
    OptionalLong pcr = OptionalLong.empty();
    if ((control & 2) != 0) {
      int length = bytes[offset + 4] & 0xFF;
      payload = Math.min(offset + SIZE, offset + 5 + length);
      if (length > 0) {
        int flags = bytes[offset + 5];
        discontinuity = (flags & 0x80) != 0;
        if ((flags & 0x10) != 0 && length >= 7) {
          pcr = OptionalLong.of(pcr(bytes, offset + 6));
        }
      }
    }
    return new TsPacket(
        offset,
        (second & 0x1F) << 8 | (bytes[offset + 2] & 0xFF),
        (second & 0x40) != 0,
        (second & 0x80) != 0,
        (bytes[offset + 3] & 0xC0) != 0,
        hasPayload,
        bytes[offset + 3] & 0xF,
        discontinuity,
        pcr,
        hasPayload ? payload : offset + SIZE);
  }

  /** Where the next packet is. */
  public int end() {
    return offset + SIZE;
  }

  private static long pcr(byte[] bytes, int at) {
    long base = 0;
    for (int i = 0; i < 4; i++) {
      base = base << 8 | (bytes[at + i] & 0xFF);
    }
    base = base << 1 | (bytes[at + 4] >> 7 & 1);
    int extension = (bytes[at + 4] & 1) << 8 | (bytes[at + 5] & 0xFF);
    return base * PCR_BASE + extension;
  }
}
