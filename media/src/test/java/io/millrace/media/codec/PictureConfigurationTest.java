package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes, colours and {@code codecs} of pictures; HLS M2. */
class PictureConfigurationTest {
  @Test
  void readsFrameRateAndShapeOfAvc() {
    AvcConfiguration avc = AvcConfiguration.parse(CodecVectors.AVCC);

    assertThat(avc.codecs()).isEqualTo("avc1.64000A");
    assertThat(avc.picture().format())
        .isEqualTo(
            new PictureFormat(64, 48, 1, 8, ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 10.0));
  }

  @Test
  void writesTheAvcRecordThatFfmpegWrites() {
    AvcConfiguration avc = AvcConfiguration.parse(CodecVectors.AVCC);

    AvcConfiguration again =
        AvcConfiguration.of(avc.sequenceParameterSets(), avc.pictureParameterSets());

    assertThat(again).isEqualTo(avc);
  }

  @Test
  void readsHevc() {
    HevcConfiguration hevc = HevcConfiguration.parse(CodecVectors.HVCC);

    assertThat(hevc.codecs()).isEqualTo("hvc1.1.6.L30.90");
    assertThat(hevc.nalLengthSize()).isEqualTo(4);
    assertThat(hevc.picture().format())
        .isEqualTo(
            new PictureFormat(64, 48, 1, 8, ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 10.0));
  }

  @Test
  void readsHighDynamicRangeOfHevc() {
    HevcConfiguration hevc = HevcConfiguration.parse(CodecVectors.HVCC_HDR);

    assertThat(hevc.codecs()).isEqualTo("hvc1.2.4.L30.90");
    PictureFormat picture = hevc.picture().format();
    assertThat(picture.bitDepth()).isEqualTo(10);
    assertThat(picture.color()).isEqualTo(new ColorInfo(9, 16, 9, false));
    assertThat(picture.color().highDynamicRange()).isTrue();
  }

  @Test
  void writesTheHevcRecordWithCompleteArrays() {
    HevcConfiguration hevc = HevcConfiguration.parse(CodecVectors.HVCC);

    Buffer expected = CodecVectors.HVCC.copy();
    for (int at : List.of(23, 52, 98)) {
      expected.setByte(at, (byte) (expected.getByte(at) | 0x80));
    }
    assertThat(hevc.record()).isEqualTo(expected);
    assertThat(HevcConfiguration.parse(hevc.record())).isEqualTo(hevc);
  }

  /** HLS D2: a change of the order or the number of equal parameter sets is none. */
  @Test
  void knowsTheSameParameterSetsInAnotherOrder() {
    HevcConfiguration hevc = HevcConfiguration.parse(CodecVectors.HVCC);
    Buffer pps = hevc.pictureParameterSets().get(0);
    Buffer other = pps.copy().setByte(3, (byte) 1);
    HevcConfiguration one = with(hevc, List.of(pps, other));
    HevcConfiguration turned = with(hevc, List.of(other, pps, pps));

    assertThat(one.sameParameterSets(turned)).isTrue();
    assertThat(one.sameParameterSets(hevc)).isFalse();
    assertThat(one.sameEncoding(hevc)).isTrue();
    assertThat(hevc.sameEncoding(HevcConfiguration.parse(CodecVectors.HVCC_HDR))).isFalse();
  }

  @Test
  void readsAv1() {
    Av1Configuration av1 = Av1Configuration.parse(CodecVectors.AV1C).orElseThrow();

    assertThat(av1.codecs()).isEqualTo("av01.0.00M.08");
    assertThat(av1.record()).isEqualTo(CodecVectors.AV1C);
    assertThat(av1.sequence().format().width()).isEqualTo(64);
    assertThat(av1.sequence().format().height()).isEqualTo(48);
  }

  /** AV1 in ISOBMFF 2.3.4: every OBU of the record tells its size, however long it is. */
  @Test
  void givesASequenceHeaderWithoutASizeOne() {
    Buffer padded = CodecVectors.hex("08" + "00000002aff7805f0008").appendBytes(new byte[190]);
    Buffer metadata = CodecVectors.hex("2a0304aabb");
    Buffer told = CodecVectors.hex("81000c00").appendBuffer(metadata).appendBuffer(padded);

    Av1Configuration av1 = Av1Configuration.parse(told).orElseThrow();

    Buffer sized = CodecVectors.hex("0ac801").appendBuffer(padded, 1, 200);
    assertThat(av1.record())
        .isEqualTo(CodecVectors.hex("81000c00").appendBuffer(sized).appendBuffer(metadata));
    assertThat(Av1Configuration.parse(av1.record())).contains(av1);
    Buffer endless = padded.copy().appendBytes(new byte[900]);
    assertThatThrownBy(() -> Av1Configuration.ofSequenceHeader(endless))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("sequence header of 1101 bytes");
  }

  @Test
  void tellsTheColoursOfAv1() {
    Av1Configuration av1 = Av1Configuration.parse(CodecVectors.AV1C_HDR).orElseThrow();

    assertThat(av1.record()).isEqualTo(CodecVectors.AV1C_HDR);
    assertThat(av1.codecs()).isEqualTo("av01.0.00M.10.0.110.02.02.09.0");
  }

  @Test
  void findsTheSequenceHeaderInTheFirstKeyFrameWhenTheRecordHasNone() {
    assertThat(Av1Configuration.parse(CodecVectors.AV1C.slice(0, 4))).isEmpty();

    Av1TemporalUnit unit = Av1TemporalUnit.read(CodecVectors.AV1_UNIT);
    assertThat(unit.keyFrame()).isTrue();
    assertThat(unit.data().length()).isEqualTo(CodecVectors.AV1_UNIT.length() - 2);
    assertThat(Av1Configuration.ofSequenceHeader(unit.sequenceHeader()).sequence().format().width())
        .isEqualTo(64);
  }

  @Test
  void readsVp9WithTheBoxHeaderThatFfmpegSendsAndWithout() {
    Vp9Configuration vp9 = Vp9Configuration.parse(CodecVectors.VPCC);

    assertThat(vp9.codecs()).isEqualTo("vp09.00.10.08");
    assertThat(Vp9Configuration.parse(CodecVectors.VPCC.slice(4, 12))).isEqualTo(vp9);
  }

  @Test
  void readsTheSizeFromAVp9KeyFrame() {
    assertThat(Vp9FrameHeader.parse(CodecVectors.VP9_KEY_FRAME))
        .isEqualTo(new Vp9FrameHeader(0, true, true, 64, 48, 8));
  }

  @Test
  void refusesRecordsWithoutParameterSets() {
    assertThatThrownBy(
            () -> HevcConfiguration.parse(CodecVectors.HVCC.getBuffer(0, 23).setByte(22, (byte) 0)))
        .isInstanceOf(MalformedMediaException.class)
        .hasMessageContaining("no parameter sets");
  }

  private static HevcConfiguration with(HevcConfiguration hevc, List<Buffer> pps) {
    return HevcConfiguration.of(4, hevc.videoParameterSets(), hevc.sequenceParameterSets(), pps);
  }
}
