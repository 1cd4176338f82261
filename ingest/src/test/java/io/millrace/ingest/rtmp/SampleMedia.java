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

  static final Buffer IDR = hex("00000003658840");
  static final Buffer INTER = hex("00000003419a24");

  private SampleMedia() {}

  static Buffer hex(String text) {
    return Buffer.buffer(HexFormat.of().parseHex(text.replace(" ", "")));
  }

  static Buffer avcHeader() {
    return FlvTags.write(new FlvTag.AvcHeader(AVC));
  }

  static Buffer aacHeader() {
    return FlvTags.write(new FlvTag.AacHeader(AAC));
  }

  static Buffer frame(Buffer nals) {
    return frame(nals, 0);
  }

  static Buffer frame(Buffer nals, int compositionMillis) {
    return FlvTags.write(new FlvTag.AvcFrame(compositionMillis, true, nals));
  }

  static Buffer sound() {
    return FlvTags.write(new FlvTag.AacFrame(hex("211004")));
  }
}
