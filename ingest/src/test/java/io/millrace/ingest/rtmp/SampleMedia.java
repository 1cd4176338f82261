package io.millrace.ingest.rtmp;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;

/** Small pieces of real media for tests that need no moving picture. */
final class SampleMedia {
  /** 854x480, High. */
  static final Buffer AVC =
      hex(
          "0164001effe1001a6764001eacd940d83de6f0110000030001000003003"
              + "00f162d96010006"
              + "68ebe3cb22c0");

  /** AAC-LC, 48 kHz, 6 channels. */
  static final Buffer AAC = hex("11b0");

  /** AAC-LC, 44.1 kHz, 2 channels. */
  static final Buffer AAC_STEREO = hex("1210");

  /** 64x64, Constrained Baseline: as a record, and as parameter sets in an access unit. */
  static final Buffer SMALL_AVC =
      hex("0142c00affe100166742c00ada109b01100000030010000003" + "0320f1226a" + "01000468ce3c80");

  static final Buffer SMALL_AVC_SETS =
      hex("00000016 6742c00ada109b011000000300100000030320f1226a 00000004 68ce3c80");

  /** The parameter sets of {@link #AVC} in an access unit. */
  static final Buffer AVC_SETS =
      hex(
          "0000001a 6764001eacd940d83de6f011000003000100000300300f162d96"
              + "00000006 68ebe3cb22c0");

  /** HEVC Main, 64x64 and 320x180. */
  static final Buffer HEVC_SETS =
      hex(
          "00000018 40010c01ffff01600000030090000003000003001e959409"
              + "00000028 42010101600000030090000003000003001ea0208105965654a4c2f0168080000003008000000c84"
              + "00000006 4401c073c089");

  static final Buffer WIDE_HEVC_SETS =
      hex(
          "00000018 40010c01ffff01600000030090000003000003003c959409"
              + "0000002b 42010101600000030090000003000003003ca00a080c1f3e595952930bc05a020000030002000003003210"
              + "00000006 4401c073c189");

  static final Buffer HEVC_IDR = hex("00000004 2801ac2d");
  static final Buffer HEVC_CRA = hex("00000004 2a01ac2d");
  static final Buffer HEVC_INTER = hex("00000004 0201d021");

  static final Buffer IDR = hex("00000003658840");
  static final Buffer INTER = hex("00000003419a24");

  private SampleMedia() {}

  static Buffer hex(String text) {
    return Buffer.buffer(HexFormat.of().parseHex(text.replace(" ", "")));
  }

  /** A record of HEVC parameter sets, each of which is alone of its kind. */
  static Buffer hvcC(Buffer sets) {
    Buffer record = hex("0101600000009000000000001ef000fcfdf8f800000f03");
    for (int at = 0; at < sets.length(); at += 4 + sets.getInt(at)) {
      int length = sets.getInt(at);
      record
          .appendByte((byte) (sets.getByte(at + 4) >> 1 & 0x3F))
          .appendUnsignedShort(1)
          .appendUnsignedShort(length)
          .appendBuffer(sets, at + 4, length);
    }
    return record;
  }

  static Buffer avcHeader() {
    return start(FlvCodec.H264, AVC);
  }

  static Buffer aacHeader() {
    return start(FlvCodec.AAC, AAC);
  }

  static Buffer frame(Buffer nals) {
    return frame(nals, 0);
  }

  static Buffer frame(Buffer nals, int compositionMillis) {
    return FlvTagWriter.write(
        new FlvTag.Frame(FlvCodec.H264, FlvTag.MAIN, compositionMillis, 0, true, nals));
  }

  static Buffer sound() {
    return sound(FlvTag.MAIN);
  }

  /** An access unit of the main track of a kind. */
  static Buffer frame(FlvCodec codec, Buffer data) {
    return FlvTagWriter.write(new FlvTag.Frame(codec, FlvTag.MAIN, 0, 0, false, data));
  }

  static Buffer join(Buffer... parts) {
    Buffer all = Buffer.buffer();
    for (Buffer part : parts) {
      all.appendBuffer(part);
    }
    return all;
  }

  /** An AAC access unit of a track. */
  static Buffer sound(int track) {
    return FlvTagWriter.write(new FlvTag.Frame(FlvCodec.AAC, track, 0, 0, true, hex("211004")));
  }

  /** The sequence start of the main track of a kind. */
  static Buffer start(FlvCodec codec, Buffer record) {
    return FlvTagWriter.write(new FlvTag.Start(codec, FlvTag.MAIN, record));
  }
}
