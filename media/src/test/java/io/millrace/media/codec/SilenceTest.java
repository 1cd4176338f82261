package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Access units in which nothing is heard; the AAC ones were decoded by FFmpeg 8.0.1. */
class SilenceTest {
  @Test
  void anAacFrameHasTheElementsOfItsChannelConfigurationAndNothingInThem() {
    assertThat(aac("1188")).contains("00000007");
    assertThat(aac("1190")).contains("2000000000000e");
    assertThat(aac("11b0")).contains("000000010000000000001100000000000300000038");
  }

  @Test
  void anOpusPacketLastsTwentyMilliseconds() {
    assertThat(opus(1, 0)).hasValueSatisfying(unit -> isTwentyMilliseconds(unit, false));
    assertThat(opus(2, 0)).hasValueSatisfying(unit -> isTwentyMilliseconds(unit, true));
    assertThat(opus(6, 1)).isEmpty();
  }

  private static void isTwentyMilliseconds(Buffer unit, boolean stereo) {
    assertThat(OpusConfiguration.samplesIn(unit)).isEqualTo(960);
    assertThat((unit.getByte(0) & 4) != 0).isEqualTo(stereo);
  }

  private static Optional<String> aac(String configuration) {
    return AacConfiguration.parse(Buffer.buffer(HexFormat.of().parseHex(configuration)))
        .silence()
        .map(unit -> HexFormat.of().formatHex(unit.getBytes()));
  }

  private static Optional<Buffer> opus(int channels, int family) {
    return new OpusConfiguration(channels, 312, 48_000, 0, family, Buffer.buffer()).silence();
  }
}
