package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.rtmp.FlvTag.Channels;
import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.ingest.rtmp.FlvTag.Start;
import io.millrace.ingest.rtmp.FlvTag.Unknown;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlvTagReaderTest {
  private static final Buffer DATA = hex("0a0b0c");

  @Test
  void readsWhatItWrites() {
    for (FlvCodec codec : FlvCodec.values()) {
      for (int track : new int[] {0, 1, 255}) {
        Start start = new Start(codec, track, DATA);
        assertThat(read(FlvTagWriter.write(start), codec.isVideo())).containsExactly(start);
        for (int composition : new int[] {0, -40, 8_000_000}) {
          int told = codec.hasCompositionTime() ? composition : 0;
          boolean key = !codec.isVideo() || composition == 0;
          Frame frame = new Frame(codec, track, told, 0, key, DATA);
          assertThat(read(FlvTagWriter.write(frame), codec.isVideo())).containsExactly(frame);
        }
      }
    }
  }

  // RTMP R31
  @Test
  void legacyTagsAreWrittenForWhatTheyCanCarry() {
    assertThat(FlvTagWriter.write(new Start(FlvCodec.H264, 0, DATA)))
        .isEqualTo(hex("17 00 000000 0a0b0c"));
    assertThat(FlvTagWriter.write(new Frame(FlvCodec.H264, 0, 40, 0, false, DATA)))
        .isEqualTo(hex("27 01 000028 0a0b0c"));
    assertThat(FlvTagWriter.write(new Frame(FlvCodec.AAC, 0, 0, 0, true, DATA)))
        .isEqualTo(hex("af 01 0a0b0c"));
  }

  // RTMP R31
  @Test
  void readsEveryPacketTypeOfEnhancedVideo() {
    assertThat(video(tag(0x90, "hvc1", "0a0b0c"))).isEqualTo(new Start(FlvCodec.H265, 0, DATA));
    assertThat(video(tag(0xA1, "hvc1", "ffffd8 0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.H265, 0, -40, 0, false, DATA));
    assertThat(video(tag(0x93, "avc1", "0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.H264, 0, 0, 0, true, DATA));
    assertThat(video(tag(0x91, "av01", "0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.AV1, 0, 0, 0, true, DATA));
    assertThat(video(tag(0xA1, "vp09", "0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.VP9, 0, 0, 0, false, DATA));
    assertThat(video(tag(0x95, "av01", "80048100")))
        .isEqualTo(new Start(FlvCodec.AV1, 0, Buffer.buffer()));
    assertThat(read(tag(0x92, "hvc1", ""), true)).isEmpty();
    assertThat(read(tag(0xD4, "hvc1", "0200"), true)).isEmpty();
    assertThat(video(tag(0x98, "hvc1", "00"))).isInstanceOf(Unknown.class);
  }

  // RTMP R31
  @Test
  void readsEveryPacketTypeOfEnhancedAudio() {
    FlvCodec[] codecs = {FlvCodec.OPUS, FlvCodec.FLAC, FlvCodec.AC3, FlvCodec.EAC3, FlvCodec.AAC};
    String[] names = {"Opus", "fLaC", "ac-3", "ec-3", "mp4a"};
    for (int i = 0; i < names.length; i++) {
      assertThat(audio(tag(0x90, names[i], "0a0b0c"))).isEqualTo(new Start(codecs[i], 0, DATA));
      assertThat(audio(tag(0x91, names[i], "0a0b0c")))
          .isEqualTo(new Frame(codecs[i], 0, 0, 0, true, DATA));
    }
    assertThat(audio(tag(0x94, "Opus", "01 06 0000003f")))
        .isEqualTo(new Channels(FlvCodec.OPUS, 0, 6));
    assertThat(read(tag(0x92, "Opus", ""), false)).isEmpty();
    assertThat(audio(tag(0x93, "Opus", ""))).isInstanceOf(Unknown.class);
  }

  // RTMP R31
  @Test
  void takesLegacyHevc() {
    assertThat(video(hex("1c 00 000000 0a0b0c"))).isEqualTo(new Start(FlvCodec.H265, 0, DATA));
    assertThat(video(hex("2c 01 000028 0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.H265, 0, 40, 0, false, DATA));
  }

  // RTMP R31
  @Test
  void aModifierOfTheTimestampIsAppliedAndOthersAreSkipped() {
    Frame plain = new Frame(FlvCodec.H264, 0, 0, 0, true, DATA);
    assertThat(video(modified("97 02 aabbcc 13"))).isEqualTo(plain);
    assertThat(video(modified("97 01 aabb 03"))).isEqualTo(plain);
    assertThat(video(modified("97 02 07a120 03")))
        .isEqualTo(new Frame(FlvCodec.H264, 0, 0, 500_000, true, DATA));
    assertThat(video(modified("97 02 ffffff 03")))
        .isEqualTo(new Frame(FlvCodec.H264, 0, 0, 999_999, true, DATA));
    String three = "97 00 aa 37 02 07a120 07 ff 0100 " + "bb".repeat(257) + " 23";
    assertThat(video(modified(three)))
        .isEqualTo(new Frame(FlvCodec.H264, 0, 0, 500_000, true, DATA));
    assertThat(audio(hex("97 02 07a120 01 4f707573 0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.OPUS, 0, 0, 500_000, true, DATA));
  }

  // RTMP R31
  @Test
  void readsOneTrackManyTracksAndManyCodecs() {
    assertThat(audio(hex("95 01 4f707573 ff 0a0b0c")))
        .isEqualTo(new Frame(FlvCodec.OPUS, 255, 0, 0, true, DATA));
    assertThat(read(hex("95 11 4f707573 00 000002 aabb 07 000001 cc"), false))
        .containsExactly(
            new Frame(FlvCodec.OPUS, 0, 0, 0, true, hex("aabb")),
            new Frame(FlvCodec.OPUS, 7, 0, 0, true, hex("cc")));
    assertThat(read(hex("95 20 4f707573 00 000002 aabb 6d703461 01 000002 1210"), false))
        .containsExactly(
            new Start(FlvCodec.OPUS, 0, hex("aabb")), new Start(FlvCodec.AAC, 1, hex("1210")));
    assertThat(read(hex("a6 21 68766331 00 000004 000028 aa 61763031 02 000002 bbcc"), true))
        .containsExactly(
            new Frame(FlvCodec.H265, 0, 40, 0, false, hex("aa")),
            new Frame(FlvCodec.AV1, 2, 0, 0, false, hex("bbcc")));
    assertThat(audio(hex("95 31 4f707573"))).isInstanceOf(Unknown.class);
  }

  // RTMP R31
  @Test
  void saysWhichCodecIsNotSupportedAndWhatToUse() {
    String video =
        " is not supported; set the encoder's video codec to H.264"
            + " (in ffmpeg: -c:v libx264 -c:a aac)";
    String audio = " is not supported; set the encoder's audio codec to AAC (in ffmpeg: -c:a aac)";
    refused("Sorenson H.263" + video, "2200", true);
    refused("VP8" + video, "90767030380102", true);
    refused("H.266 (VVC)" + video, "90767663310102", true);
    refused("codec '?zz?'" + video, "90007a7a0000", true);
    refused("codec 'Opus'" + video, "904f70757300", true);
    refused("MP3 audio" + audio, "2f00", false);
    refused("MP3 audio" + audio, "902e6d703300", false);
    refused("Speex audio" + audio, "b200", false);
  }

  // RTMP R29
  @Test
  void tagsWithNothingInThemAreNothing() {
    for (String empty :
        new String[] {"", "1700000000", "1701000000", "1702000000", "5700", "d3617663310a"}) {
      assertThat(read(hex(empty), true)).as(empty).isEmpty();
    }
    for (String empty : new String[] {"", "af", "af00", "af01", "916d703461"}) {
      assertThat(read(hex(empty), false)).as(empty).isEmpty();
    }
  }

  @Test
  void aCutTagIsMalformed() {
    for (String cut : new String[] {"17", "170100", "9061", "97", "97ff", "96", "9600617663"}) {
      malformed(cut, true);
    }
    for (String cut : new String[] {"94 4f707573 01", "95 11 4f707573 00 000003 aabb"}) {
      malformed(cut, false);
    }
  }

  private static void malformed(String cut, boolean video) {
    assertThatThrownBy(() -> read(hex(cut), video))
        .as(cut)
        .isInstanceOf(MalformedMediaException.class);
  }

  private static void refused(String words, String tag, boolean video) {
    assertThatThrownBy(() -> read(hex(tag), video))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining(words);
  }

  private static FlvTag video(Buffer body) {
    return read(body, true).getFirst();
  }

  private static FlvTag audio(Buffer body) {
    return read(body, false).getFirst();
  }

  private static List<FlvTag> read(Buffer body, boolean video) {
    List<FlvTag> tags = new ArrayList<>();
    FlvTagReader reader = new FlvTagReader(tags::add);
    if (video) {
      reader.video(body);
    } else {
      reader.audio(body);
    }
    return tags;
  }

  private static Buffer modified(String modifiers) {
    return hex(modifiers).appendString("avc1").appendBuffer(DATA);
  }

  private static Buffer tag(int first, String fourCc, String rest) {
    return Buffer.buffer()
        .appendByte((byte) first)
        .appendBytes(fourCc.getBytes(StandardCharsets.ISO_8859_1))
        .appendBuffer(hex(rest));
  }
}
