package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterSetIdTest {
  @Test
  void readsTheIdsOfRealSets() {
    AvcConfiguration avc = AvcConfiguration.parse(CodecVectors.AVCC);
    assertThat(AvcNal.parameterSetId(avc.sequenceParameterSets().getFirst())).isZero();
    assertThat(AvcNal.parameterSetId(avc.pictureParameterSets().getFirst())).isZero();
    HevcConfiguration hevc = HevcConfiguration.parse(CodecVectors.HVCC);
    assertThat(HevcNal.parameterSetId(hevc.videoParameterSets().getFirst())).isZero();
    assertThat(HevcNal.parameterSetId(hevc.sequenceParameterSets().getFirst())).isZero();
    assertThat(HevcNal.parameterSetId(hevc.pictureParameterSets().getFirst())).isZero();
  }

  @Test
  void readsIdsOfAvc() {
    // ue(v): 1 is 0, 010 is 1, 00100 is 3.
    assertThat(AvcNal.parameterSetId(CodecVectors.hex("6764001e" + "40"))).isEqualTo(1);
    assertThat(AvcNal.parameterSetId(CodecVectors.hex("68" + "20"))).isEqualTo(3);
  }

  /** ISO/IEC 14496-10 7.4.1: a 3 behind two zeros is none of the set. */
  @Test
  void leavesEmulationPreventionOut() {
    assertThat(AvcNal.parameterSetId(CodecVectors.hex("67000003" + "0d" + "40"))).isEqualTo(1);
  }

  /** ISO/IEC 23008-2 7.3.3: what each temporal layer says of itself stands before the id. */
  @Test
  void readsIdsOfHevcBehindTemporalLayers() {
    assertThat(HevcNal.parameterSetId(CodecVectors.hex("4001" + "5c"))).isEqualTo(5);
    assertThat(HevcNal.parameterSetId(CodecVectors.hex("4401" + "60"))).isEqualTo(2);
    String general = "01".repeat(12);
    assertThat(HevcNal.parameterSetId(CodecVectors.hex("4201" + "01" + general + "40")))
        .isEqualTo(1);
    // Two layers: the first tells profile and level, and 14 bits are reserved.
    String layer = "c000" + "01".repeat(12);
    assertThat(HevcNal.parameterSetId(CodecVectors.hex("4201" + "03" + general + layer + "60")))
        .isEqualTo(2);
  }

  @Test
  void setsThatAreCutOffHaveNone() {
    for (String set : List.of("", "67", "6764001e", "68", "6801")) {
      Buffer bytes = CodecVectors.hex(set);
      assertThatThrownBy(() -> AvcNal.parameterSetId(bytes))
          .isInstanceOf(MalformedMediaException.class);
    }
    for (String set : List.of("", "4001", "42010101", "4401")) {
      Buffer bytes = CodecVectors.hex(set);
      assertThatThrownBy(() -> HevcNal.parameterSetId(bytes))
          .isInstanceOf(MalformedMediaException.class);
    }
  }
}
