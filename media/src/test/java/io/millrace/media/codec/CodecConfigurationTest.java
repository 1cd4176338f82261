package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class CodecConfigurationTest {
  /** Of the real clip: High profile, 854x480 (cropped from 864x480), one SPS and one PPS. */
  private static final Buffer AVCC =
      hex("0164001effe1001a6764001eacd940d83de6f011000003000100000300300f162d9601000668ebe3cb22c0");

  @Test
  void readsTheAvcRecordAndThePictureSize() {
    AvcConfiguration configuration = AvcConfiguration.parse(AVCC);

    assertThat(configuration.nalLengthSize()).isEqualTo(4);
    assertThat(configuration.sequenceParameterSets()).hasSize(1);
    assertThat(configuration.pictureParameterSets()).hasSize(1);
    assertThat(configuration.codecs()).isEqualTo("avc1.64001E");
    assertThat(configuration.picture().width()).isEqualTo(854);
    assertThat(configuration.picture().height()).isEqualTo(480);
  }

  @Test
  void readsAacLc() {
    AacConfiguration stereo = AacConfiguration.parse(hex("1190"));
    assertThat(stereo.codecs()).isEqualTo("mp4a.40.2");
    assertThat(stereo.sampleRate()).isEqualTo(48_000);
    assertThat(stereo.channels()).isEqualTo(2);
    assertThat(stereo.samplesPerFrame()).isEqualTo(1024);
    assertThat(AacConfiguration.parse(hex("11b0")).channels()).isEqualTo(6);
  }

  @Test
  void readsExplicitHighEfficiencyAac() {
    AacConfiguration he = AacConfiguration.parse(hex("2b920800"));
    assertThat(he.codecs()).isEqualTo("mp4a.40.5");
    assertThat(he.coreSampleRate()).isEqualTo(22_050);
    assertThat(he.sampleRate()).isEqualTo(44_100);
  }

  @Test
  void refusesOtherMpeg4AudioWithWords() {
    assertThatThrownBy(() -> AacConfiguration.parse(hex("f8e8500000")))
        .isInstanceOf(UnsupportedMediaException.class)
        .hasMessageContaining("audio object type");
  }

  private static Buffer hex(String hex) {
    return Buffer.buffer(HexFormat.of().parseHex(hex));
  }
}
