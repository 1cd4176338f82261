package io.millrace.testkit.captions;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes captions into NAL units, as encoders of pictures do (ATSC A/53 part 4, 6.2.3). */
public final class CaptionNal {
  private static final int REGISTERED_USER_DATA = 4;

  private CaptionNal() {}

  /** An SEI unit of AVC with one message. */
  public static byte[] avc(List<CcData> packets) {
    return unit(new byte[] {6}, REGISTERED_USER_DATA, userData(CcData.bytes(packets)));
  }

  /** A prefix SEI unit of HEVC with one message. */
  public static byte[] hevc(List<CcData> packets) {
    return unit(new byte[] {78, 1}, REGISTERED_USER_DATA, userData(CcData.bytes(packets)));
  }

  /** The message around {@code cc_data_pkt}s. */
  public static byte[] userData(byte[] packets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xB5, 0, 0x31, 'G', 'A', '9', '4', 3});
    out.write(0xC0 | packets.length / 3);
    out.write(0xFF);
    out.writeBytes(packets);
    out.write(0xFF);
    return out.toByteArray();
  }

  /** An SEI unit with a message of any type. */
  public static byte[] unit(byte[] header, int type, byte[] message) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    number(payload, type);
    number(payload, message.length);
    payload.writeBytes(message);
    payload.write(0x80);
    ByteArrayOutputStream unit = new ByteArrayOutputStream();
    unit.writeBytes(header);
    int zeros = 0;
    for (byte value : payload.toByteArray()) {
      if (zeros == 2 && (value & 0xFF) <= 3) {
        unit.write(3);
        zeros = 0;
      }
      unit.write(value);
      zeros = value == 0 ? zeros + 1 : 0;
    }
    return unit.toByteArray();
  }

  /** NAL units behind their lengths, as one access unit. */
  public static byte[] accessUnit(byte[]... units) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] unit : units) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(unit.length).array());
      out.writeBytes(unit);
    }
    return out.toByteArray();
  }

  private static void number(ByteArrayOutputStream out, int value) {
    int left = value;
    for (; left >= 255; left -= 255) {
      out.write(255);
    }
    out.write(left);
  }
}
