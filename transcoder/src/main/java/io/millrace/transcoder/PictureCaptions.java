package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_A53_CC;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;

/**
 * The closed captions of a picture (ATSC A/53 part 4, 6.2.3), for encoders that do not write them
 * themselves: of the picture's {@code cc_data_pkt}s a message that goes before what is coded.
 */
final class PictureCaptions {
  /** Five bits count them. */
  private static final int MOST_PACKETS = 31;

  private static final int PACKET_BYTES = 3;
  private static final int SEI = 6;
  private static final int REGISTERED_USER_DATA = 4;

  /** A metadata OBU with a size. */
  private static final int METADATA_OBU = 5 << 3 | 2;

  private static final int ITU_T_T35 = 4;
  private static final int TRAILING_BIT = 0x80;

  private PictureCaptions() {}

  /** The packets of a picture; empty where it has none. */
  static ByteBuffer of(AVFrame frame) {
    AVFrameSideData data = av_frame_get_side_data(frame, AV_FRAME_DATA_A53_CC);
    if (data == null || data.isNull()) {
      return ByteBuffer.allocate(0);
    }
    int size = (int) Math.min(data.size(), MOST_PACKETS * PACKET_BYTES);
    return ByteBuffer.wrap(Native.bytes(data.data(), size / PACKET_BYTES * PACKET_BYTES));
  }

  /** An SEI unit of H.264 (ISO/IEC 14496-10 7.3.2.3). */
  static ByteBuffer sei(ByteBuffer packets) {
    ByteArrayOutputStream message = message(packets);
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.write(REGISTERED_USER_DATA);
    // Less than 255 bytes.
    payload.write(message.size());
    payload.writeBytes(message.toByteArray());
    payload.write(TRAILING_BIT);
    ByteArrayOutputStream unit = new ByteArrayOutputStream();
    unit.write(SEI);
    int zeros = 0;
    for (byte value : payload.toByteArray()) {
      if (zeros == 2 && (value & 0xFF) <= 3) {
        unit.write(3);
        zeros = 0;
      }
      unit.write(value);
      zeros = value == 0 ? zeros + 1 : 0;
    }
    return ByteBuffer.wrap(unit.toByteArray());
  }

  /** A metadata OBU of AV1 (AV1 5.8.2). */
  static ByteBuffer obu(ByteBuffer packets) {
    ByteArrayOutputStream message = message(packets);
    ByteArrayOutputStream unit = new ByteArrayOutputStream();
    unit.write(METADATA_OBU);
    // Less than 128: one byte.
    unit.write(1 + message.size() + 1);
    unit.write(ITU_T_T35);
    unit.writeBytes(message.toByteArray());
    unit.write(TRAILING_BIT);
    return ByteBuffer.wrap(unit.toByteArray());
  }

  /** From the country's code on. */
  private static ByteArrayOutputStream message(ByteBuffer packets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xB5, 0, 0x31, 'G', 'A', '9', '4', 3});
    out.write(0xC0 | packets.remaining() / PACKET_BYTES);
    out.write(0xFF);
    out.write(packets.array(), packets.arrayOffset() + packets.position(), packets.remaining());
    out.write(0xFF);
    return out;
  }
}
