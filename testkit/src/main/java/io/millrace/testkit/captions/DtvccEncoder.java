package io.millrace.testkit.captions;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes caption channel packets of CTA-708 with the codes of services. */
public final class DtvccEncoder {
  private static final int MAX_BLOCK = 31;

  private final ByteArrayOutputStream blocks = new ByteArrayOutputStream();
  private ByteArrayOutputStream codes = new ByteArrayOutputStream();
  private int service = 1;
  private int sequence;

  /** Goes on with another service in the same packet. */
  public DtvccEncoder service(int number) {
    endBlock();
    service = number;
    return this;
  }

  /** Codes as they are; those of one call are in one block. */
  public DtvccEncoder codes(int... values) {
    if (codes.size() + values.length > MAX_BLOCK) {
      endBlock();
    }
    for (int value : values) {
      codes.write(value);
    }
    return this;
  }

  /** Characters of Latin 1. */
  public DtvccEncoder text(String text) {
    for (byte value : text.getBytes(StandardCharsets.ISO_8859_1)) {
      codes(value);
    }
    return this;
  }

  /**
   * DefineWindow with the window style 1 and the pen style 1, at an anchor in the grid.
   *
   * @param anchor 0 is top left, 8 bottom right
   */
  public DtvccEncoder define(
      int window,
      boolean visible,
      int anchor,
      int vertical,
      int horizontal,
      int rows,
      int columns) {
    return codes(
        0x98 + window,
        (visible ? 0x20 : 0) | 0x18,
        vertical,
        horizontal,
        anchor << 4 | rows - 1,
        columns - 1,
        0x09);
  }

  /** SetPenLocation. */
  public DtvccEncoder pen(int row, int column) {
    return codes(0x92, row, column);
  }

  /** A command of windows (CLW, DSW, HDW, TGW, DLW). */
  public DtvccEncoder windows(int command, int bits) {
    return codes(command, bits);
  }

  /** One packet with all codes since the last. */
  public List<CcData> packet() {
    endBlock();
    byte[] data = blocks.toByteArray();
    blocks.reset();
    int code = (data.length + 2) / 2;
    if (code > 63) {
      throw new IllegalStateException("too much for one packet");
    }
    byte[] packet = new byte[2 * code];
    packet[0] = (byte) (sequence << 6 | code);
    sequence = (sequence + 1) % 4;
    System.arraycopy(data, 0, packet, 1, data.length);
    List<CcData> all = new ArrayList<>();
    for (int i = 0; i < packet.length; i += 2) {
      all.add(new CcData(true, i == 0 ? 3 : 2, packet[i] & 0xFF, packet[i + 1] & 0xFF));
    }
    return all;
  }

  private void endBlock() {
    if (codes.size() > 0) {
      if (service < 7) {
        blocks.write(service << 5 | codes.size());
      } else {
        blocks.write(7 << 5 | codes.size());
        blocks.write(service);
      }
      blocks.writeBytes(codes.toByteArray());
      codes = new ByteArrayOutputStream();
    }
  }
}
