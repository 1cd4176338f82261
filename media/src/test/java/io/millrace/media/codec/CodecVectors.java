package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;

/** What FFmpeg 8 writes for 64x48 pictures and 48 kHz mono: headers, and the starts of frames. */
final class CodecVectors {
  /** High profile, 64x48 by 10 frames a second. */
  static final Buffer AVCC =
      hex(
          "0164000affe100186764000aacd9447b011000000300100000030140f122596001000668ebe3cb22c0"
              + "fdf8f800");

  static final Buffer HVCC =
      hex(
          "0101600000009000000000001ef000fcfdf8f800000f03"
              + "200001001840010c01ffff01600000030090000003000003001e959809"
              + "210001002942010101600000030090000003000003001ea02083165959ae4caf0168080000030008"
              + "000003005040"
              + "22000100064401c173d089");

  /** Main 10 in PQ and BT.2020. */
  static final Buffer HVCC_HDR =
      hex(
          "0102200000009000000000001ef000fcfdfafa00000f03"
              + "200001001840010c01ffff02200000030090000003000003001e959809"
              + "a10001002b42010102200000030090000003000003001ea020831365959ae4caf016a12201208000"
              + "0003008000000504"
              + "22000100064401c173d089");

  static final Buffer AV1C = hex("81000c000a0a00000002aff7805f0008");

  /** Ten bits, with the matrix of BT.2020. */
  static final Buffer AV1C_HDR = hex("81004c000a0d00000002aff79b5f2a04041208");

  static final Buffer AV1_UNIT =
      hex("12000a0a00000002aff78d5f200832eb04140025")
          .getBuffer(0, 14)
          .appendBuffer(hex("320310aabb"));

  static final Buffer VPCC = hex("01000000000a820202020000");
  static final Buffer VP9_KEY_FRAME = hex("824983420003f002f60438241c184a0003307cb1");
  static final Buffer OPUS_HEAD = hex("4f707573486561640101380180bb0000000000");
  static final Buffer FLAC_HEADER =
      hex("664c6143" + "120012000000c80004f10bb800f000002580412ff86260626166bdecbc206adb1573");
  static final Buffer FLAC_FRAME = hex("fff85a0800814e000000eb01d602c003a7");
  static final Buffer AC3_FRAME = hex("0b77480d0c402f842bc1c77aaf5e1be7");

  private CodecVectors() {}

  /** A whole frame of 384 bytes. */
  static Buffer eac3Frame() {
    Buffer frame = hex("0b7700bf3287c00021064060e3bd57af0df3f7cf");
    return frame.appendBytes(new byte[384 - frame.length()]);
  }

  static Buffer hex(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }
}
