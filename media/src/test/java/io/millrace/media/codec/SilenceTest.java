package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  /**
   * ETSI TS 102 366 4.4.1.2: a decoder may start when it has five eighths of a frame, so these have
   * a checksum of their own. Frames of 44.1 kHz may be an odd number of words long (table 4.13).
   */
  @ParameterizedTest
  @CsvSource({
    "0,0,64",
    "1,0,69",
    "2,0,96",
    "1,1,87",
    "0,8,256",
    "1,8,278",
    "1,10,417",
    "1,18,1393"
  })
  void bothChecksumsOfAnAc3FrameAreRight(int rateCode, int bitRateCode, int words) {
    for (int mode = 0; mode < 8; mode++) {
      Buffer frame =
          new Ac3Configuration(rateCode, 8, 0, mode, mode == 7, bitRateCode)
              .silence()
              .orElseThrow();
      assertThat(frame.length()).isEqualTo(2 * words);
      assertThat(Crc.of16(frame, 2, 2 * (words / 2 + words / 8))).as("crc1").isZero();
      assertThat(Crc.of16(frame, 2, frame.length())).as("crc2").isZero();
    }
  }

  /** FFmpeg 8.0.1 refuses half rates, so the frame is read here (ETSI TS 102 366 E.1.3.1.4). */
  @ParameterizedTest
  @ValueSource(ints = {24_000, 22_050, 16_000})
  void anEnhancedAc3FrameOfHalfTheRateSaysSo(int rate) {
    for (int mode = 0; mode < 8; mode++) {
      var only = new Eac3Configuration.Substream(3, 16, 0, mode, mode > 1, 0, 0);
      Buffer frame = new Eac3Configuration(192, rate, List.of(only), 0).silence().orElseThrow();
      Eac3Configuration read = Eac3Configuration.fromFrame(frame);
      assertThat(read.sampleRate()).isEqualTo(rate);
      assertThat(read.substreams()).containsExactly(only);
      assertThat(Eac3Configuration.samplesIn(frame)).isEqualTo(Ac3Configuration.SAMPLES_PER_FRAME);
      assertThat(Crc.of16(frame, 2, frame.length())).isZero();
    }
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
