package io.millrace.transcoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.captions.CaptionNal;
import io.millrace.testkit.captions.CcData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
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
    assertThat(hex(AnnexB.sample(unit, List.of(ByteBuffer.wrap(bytes("0604aa"))))))
        .as("before the first slice, once")
        .isEqualTo("000000030604aa" + "00000003658884" + "0000000141");
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
    assertThat(hex(Av1Units.sample(unit, List.of(ByteBuffer.wrap(bytes("2a0104"))))))
        .as("behind the sequence header, before the frame")
        .isEqualTo("0a02aabb" + "2a0104" + "3203010203");
    assertThat(hex(Av1Units.sequenceHeader(unit))).isEqualTo("0a02aabb");
    assertThatThrownBy(() -> Av1Units.sequenceHeader(bytes("1200")))
        .isInstanceOf(NativeFailure.class);
  }

  @Test
  void captionsAreWrittenAsEncodersDo() {
    List<CcData> packets = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      packets.add(new CcData(true, i % 4, 0, i % 4));
      ByteBuffer data = ByteBuffer.wrap(CcData.bytes(packets));

      assertThat(hex(PictureCaptions.sei(data)))
          .isEqualTo(hex(ByteBuffer.wrap(CaptionNal.avc(packets))));
      String obu = hex(PictureCaptions.obu(data));
      int size = packets.size() * 3 + 13;
      assertThat(obu)
          .startsWith("2a" + "%02x".formatted(size) + "04b500314741393403")
          .endsWith("ff80")
          .hasSize(2 * (2 + size));
    }
  }

  @Test
  void unitsThatAreCutOffEndWithTheBytes() {
    assertThat(hex(Av1Units.sample(bytes("32ffffffff7f01")))).isEqualTo("32ffffffff7f01");
  }
}
