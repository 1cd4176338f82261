package io.millrace.ingest.rtmp;

import static io.millrace.ingest.rtmp.SampleMedia.frame;
import static io.millrace.ingest.rtmp.SampleMedia.hex;
import static io.millrace.ingest.rtmp.SampleMedia.join;
import static io.millrace.ingest.rtmp.SampleMedia.sound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.Sample;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When samples are, and where decoding can start. */
class RtmpSampleTimesTest extends MappedStream {
  // RTMP R31
  @Test
  void nanosecondsOfAModifierRefineTheTimes() {
    begin();
    for (int i = 0; i < 60; i++) {
      long nanos = i * 1_001_000_000L / 30;
      FlvTag.Frame frame =
          new FlvTag.Frame(FlvCodec.H264, 0, 0, (int) (nanos % 1_000_000), true, SampleMedia.IDR);
      mapping.video(nanos / 1_000_000, extended(frame));
      assertThat(samples().getLast().dts()).isEqualTo(3003L * i);
    }
  }

  /** The frame behind an extended header with its nanoseconds, as {@link FlvTagWriter} has none. */
  private static Buffer extended(FlvTag.Frame frame) {
    return hex("97 02")
        .appendMedium(frame.nanos())
        .appendByte((byte) 3)
        .appendInt(frame.codec().fourCc())
        .appendBuffer(frame.data());
  }

  @Test
  void soundIsSampleExactWhileTheMessagesAgree() {
    begin();
    for (int i = 0; i < 200; i++) {
      // Truncated to milliseconds, and jittering by up to 4 ms.
      mapping.audio(100 + i * 1024L / 48 + i % 5, sound());
    }
    List<Sample> audio = samples();
    for (int i = 0; i < 200; i++) {
      assertThat(audio.get(i).dts()).isEqualTo(4800 + 1024L * i);
    }
  }

  @Test
  void soundFollowsARealGap() {
    begin();
    mapping.audio(0, sound());
    mapping.audio(21, sound());
    mapping.audio(200, sound());
    assertThat(kinds()).endsWith("audio 0", "audio 1024", "audio 9600");
  }

  // RTMP R14
  @Test
  void timesGoOutAsTheEncoderSetThem() {
    begin();
    mapping.video(100, frame(SampleMedia.IDR));
    mapping.video(90, frame(SampleMedia.INTER, 80));
    mapping.video(100_000, frame(SampleMedia.INTER));
    mapping.audio(200, sound());
    mapping.audio(20, sound());
    assertThat(kinds())
        .containsExactly(
            "2 tracks", "video 9000", "video 8100", "video 9000000", "audio 9600", "audio 960");
    assertThat(samples().get(1).pts()).isEqualTo(15_300L);
  }

  // RTMP R27
  @Test
  void compositionTimesMayBeNegativeAndRoundingIsRepaired() {
    begin();
    mapping.video(100, frame(SampleMedia.IDR, -1));
    mapping.video(140, frame(SampleMedia.INTER, -40));
    assertThat(samples()).extracting(Sample::compositionOffset).containsExactly(0, -3600);
  }

  // RTMP R30
  @Test
  void aKeyFrameIsWhatTheBitstreamSays() {
    begin();
    mapping.video(0, frame(SampleMedia.INTER));
    mapping.video(40, frame(SampleMedia.IDR));
    assertThat(samples()).extracting(Sample::sync).containsExactly(false, true);
  }

  // RTMP R30
  @Test
  void aStreamWithoutKeyFramesIsRefusedWithWords() {
    begin();
    for (int millis = 0; millis <= 15_000; millis += 500) {
      mapping.video(3_600_000 + millis, frame(SampleMedia.INTER));
    }
    mapping.video(40, frame(SampleMedia.INTER));
    assertThatThrownBy(() -> mapping.video(80, frame(SampleMedia.INTER)))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("no IDR key frame came in 15 s; set");
  }

  // RTMP R30
  @Test
  void gradualRefreshWithoutKeyFramesIsRefusedWithWords() {
    begin();
    Buffer refresh = join(hex("00000004 06060184"), SampleMedia.INTER);
    for (int millis = 0; millis <= 15_000; millis += 500) {
      mapping.video(millis, frame(refresh));
    }
    assertThat(samples()).extracting(Sample::sync).containsOnly(false);
    assertThatThrownBy(() -> mapping.video(15_040, frame(refresh)))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("only recovery points");
  }

  // RTMP R30
  @Test
  void decodingStartsAtIdrAndCraPicturesOfHevc() {
    mapping.video(0, SampleMedia.start(FlvCodec.H265, SampleMedia.hvcC(SampleMedia.HEVC_SETS)));
    mapping.video(0, frame(FlvCodec.H265, SampleMedia.HEVC_INTER));
    mapping.video(40, frame(FlvCodec.H265, SampleMedia.HEVC_IDR));
    mapping.video(80, frame(FlvCodec.H265, SampleMedia.HEVC_CRA));
    mapping.finish();
    assertThat(samples()).extracting(Sample::sync).containsExactly(false, true, true);
  }
}
