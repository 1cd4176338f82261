package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.FlvTag.AacFrame;
import io.millrace.ingest.rtmp.FlvTag.AacHeader;
import io.millrace.ingest.rtmp.FlvTag.AvcFrame;
import io.millrace.ingest.rtmp.FlvTag.AvcHeader;
import io.millrace.ingest.rtmp.FlvTag.Nothing;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FlvTagsTest {
  @Test
  void readsWhatItWrites() {
    Buffer data = hex("010203");
    for (FlvTag tag :
        new FlvTag[] {
          new AvcHeader(data), new AvcFrame(-40, true, data), new AvcFrame(8_000_000, false, data)
        }) {
      assertThat(FlvTags.video(write(tag))).isEqualTo(tag);
    }
    for (FlvTag tag : new FlvTag[] {new AacHeader(data), new AacFrame(data)}) {
      assertThat(FlvTags.audio(write(tag))).isEqualTo(tag);
    }
  }

  // RTMP R31
  @Test
  void readsH264AndAacBehindEnhancedHeaders() {
    Buffer nals = hex("00000001 65");
    assertThat(FlvTags.video(extended(0x90, "avc1", "0102"))).isEqualTo(new AvcHeader(hex("0102")));
    assertThat(FlvTags.video(extended(0xA1, "avc1", "ffffd8 0000000165")))
        .isEqualTo(new AvcFrame(-40, false, nals));
    assertThat(FlvTags.video(extended(0x93, "avc1", "0000000165")))
        .isEqualTo(new AvcFrame(0, true, nals));
    assertThat(FlvTags.video(extended(0x92, "avc1", ""))).isInstanceOf(Nothing.class);
    assertThat(FlvTags.video(extended(0x94, "avc1", "02"))).isInstanceOf(Nothing.class);
    assertThat(FlvTags.audio(extended(0x90, "mp4a", "1210"))).isEqualTo(new AacHeader(hex("1210")));
    assertThat(FlvTags.audio(extended(0x91, "mp4a", "21"))).isEqualTo(new AacFrame(hex("21")));
  }

  // RTMP R31
  @Test
  void skipsModifiers() {
    Buffer tag = hex("97 02 aabbcc 03").appendString("avc1").appendBuffer(hex("0000000165"));
    assertThat(FlvTags.video(tag)).isEqualTo(new AvcFrame(0, true, hex("0000000165")));
  }

  @Test
  void saysWhichCodecIsNotSupportedAndWhatToUse() {
    refused("H.265 (HEVC) is not supported; set the encoder's video codec to H.264", "1c01", true);
    refused("AV1 is not supported; set the encoder's video codec to H.264", "90617630310102", true);
    refused("MP3 audio is not supported; set the encoder's audio codec to AAC", "2f00", false);
    refused("Speex audio is not supported; set the encoder's audio codec to AAC", "b200", false);
    refused(
        "Opus audio is not supported; set the encoder's audio codec to AAC", "904f70757300", false);
    refused("codec '?zz?' is not supported; set the encoder's video codec", "90007a7a0000", true);
    refused("multitrack video is not supported; send one track", "96", true);
  }

  // RTMP R26
  @Test
  void takesOffAnAdtsHeader() {
    assertThat(FlvTags.audio(hex("af01 fff15080 013ffc 2110")))
        .isEqualTo(new AacFrame(hex("2110")));
  }

  @Test
  void tagsWithNothingInThemAreNothing() {
    for (String empty : new String[] {"", "1700000000", "1701000000", "1702000000", "5700"}) {
      assertThat(FlvTags.video(hex(empty))).isInstanceOf(Nothing.class);
    }
    for (String empty : new String[] {"", "af", "af00", "af01"}) {
      assertThat(FlvTags.audio(hex(empty))).isInstanceOf(Nothing.class);
    }
  }

  @Test
  void aCutTagIsMalformed() {
    for (String cut : new String[] {"17", "170100", "9061", "97", "97ff"}) {
      assertThatThrownBy(() -> FlvTags.video(hex(cut)))
          .as(cut)
          .isInstanceOf(MalformedMediaException.class);
    }
  }

  private static void refused(String words, String tag, boolean video) {
    assertThatThrownBy(() -> (video ? FlvTags.video(hex(tag)) : FlvTags.audio(hex(tag))).hashCode())
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining(words);
  }

  private static Buffer write(FlvTag tag) {
    return switch (tag) {
      case AvcHeader header -> FlvTags.write(header);
      case AvcFrame frame -> FlvTags.write(frame);
      case AacHeader header -> FlvTags.write(header);
      case AacFrame frame -> FlvTags.write(frame);
      case Nothing _ -> Buffer.buffer();
    };
  }

  private static Buffer extended(int first, String fourCc, String rest) {
    return Buffer.buffer()
        .appendByte((byte) first)
        .appendBytes(fourCc.getBytes(StandardCharsets.ISO_8859_1))
        .appendBuffer(hex(rest));
  }
}
