package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What encoders put out, as samples. */
class UnitsTest {
  private static final String SPS = "6742c01e8c";
  private static final String PPS = "68ce3c80";

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return HexFormat.of().formatHex(copy);
  }

  @Test
  void startCodesBecomeLengthsAndParameterSetsGo() {
    byte[] unit =
        bytes("00000001 09f0 00000001" + SPS + "00000001" + PPS + "000001 6588 84 0000 000001 41");

    // The zeros before a start code belong to nobody.
    assertThat(hex(AnnexB.sample(unit))).isEqualTo("00000003658884" + "0000000141");
  }

  @Test
  void theRecordHasTheParameterSets() {
    byte[] headers = bytes("00000001" + SPS + "000001" + PPS);

    assertThat(hex(AnnexB.record(headers)))
        .isEqualTo("0142c01eff" + "e10005" + SPS + "010004" + PPS);
  }

  @Test
  void ofAHighProfileItTellsTheFormatOfSamplesToo() {
    byte[] headers = bytes("00000001 6764001e8c 000001" + PPS);

    assertThat(hex(AnnexB.record(headers))).endsWith(PPS + "fdf8f800");
  }

  @Test
  void withoutParameterSetsThereIsNoRecord() {
    assertThatThrownBy(() -> AnnexB.record(bytes("00000001658884")))
        .isInstanceOf(NativeFailure.class);
    assertThat(AnnexB.units(new byte[0])).isEmpty();
    assertThat(AnnexB.units(bytes("000001"))).isEmpty();
  }

  @Test
  void temporalUnitsLoseTheirDelimiter() {
    byte[] unit = bytes("1200 0a02aabb 3203010203");

    assertThat(hex(Av1Units.sample(unit))).isEqualTo("0a02aabb3203010203");
    assertThat(hex(Av1Units.sequenceHeader(unit))).isEqualTo("0a02aabb");
    assertThatThrownBy(() -> Av1Units.sequenceHeader(bytes("1200")))
        .isInstanceOf(NativeFailure.class);
  }

  @Test
  void unitsThatAreCutOffEndWithTheBytes() {
    assertThat(hex(Av1Units.sample(bytes("32ffffffff7f01")))).isEqualTo("32ffffffff7f01");
  }
}
