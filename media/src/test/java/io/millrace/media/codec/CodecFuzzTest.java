package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.millrace.testkit.fuzz.Fuzz;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** RTMP R32: every parser of what encoders send, on mutations of what encoders send. */
class CodecFuzzTest {
  private static final Path CORPUS = Path.of("src/test/resources/fuzz");

  @TestFactory
  Stream<DynamicTest> damagedInputGivesNothingButTheParsersOwnExceptions() {
    return Stream.of(
        target("avcC", CodecFuzzTest::avc),
        target("hvcC", CodecFuzzTest::hevc),
        target("avc-set", CodecFuzzTest::avcSet),
        target("hevc-set", CodecFuzzTest::hevcSet),
        target("av1C", CodecFuzzTest::av1),
        target("av1-unit", CodecFuzzTest::av1Unit),
        target("vpcC", CodecFuzzTest::vp9),
        target("vp9-frame", Vp9FrameHeader::parse),
        target("AudioSpecificConfig", CodecFuzzTest::aac),
        target("adts", CodecFuzzTest::adts),
        target(
            "OpusHead",
            bytes -> assertThat(OpusConfiguration.parse(bytes).channels()).isPositive()),
        target(
            "opus-packet",
            bytes -> assertThat(OpusConfiguration.samplesIn(bytes)).isBetween(1, 5_760)),
        target(
            "flac-header",
            bytes -> assertThat(FlacConfiguration.parse(bytes).sampleRate()).isPositive()),
        target(
            "flac-frame",
            bytes -> assertThat(FlacConfiguration.samplesIn(bytes)).isBetween(1, 65_536)),
        target("ac3-frame", CodecFuzzTest::ac3),
        target("eac3-frame", CodecFuzzTest::eac3));
  }

  private static DynamicTest target(String name, Consumer<Buffer> parser) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Fuzz.Outcome outcome =
              Fuzz.of(CORPUS.resolve(name))
                  .allowing(MalformedMediaException.class)
                  .allowing(UnsupportedMediaException.class)
                  .run(bytes -> parser.accept(Buffer.buffer(bytes)));
          assertThat(outcome.accepted()).as("inputs that get past the parser").isPositive();
          assertThat(outcome.refused()).as("inputs that do not").isPositive();
        });
  }

  private static void avc(Buffer bytes) {
    AvcConfiguration avc = AvcConfiguration.parse(bytes);
    plausible(avc.picture().format());
    assertThat(avc.codecs()).matches("avc1\\.[0-9A-F]{6}");
    AvcConfiguration again =
        AvcConfiguration.of(avc.sequenceParameterSets(), avc.pictureParameterSets());
    assertThat(again.sameParameterSets(avc.withLengthsOfFour())).isTrue();
    assertThat(AvcConfiguration.parse(again.record())).isEqualTo(again);
  }

  private static void hevc(Buffer bytes) {
    HevcConfiguration hevc = HevcConfiguration.parse(bytes);
    plausible(hevc.picture().format());
    assertThat(hevc.codecs())
        .matches("hvc1\\.[ABC]?\\d+\\.[0-9a-f]{1,8}\\.[LH]\\d+(\\.[0-9A-F]{1,2}){0,6}");
    assertThat(HevcConfiguration.parse(hevc.record())).isEqualTo(hevc);
    assertThat(hevc.withLengthsOfFour().sameParameterSets(hevc)).isTrue();
  }

  private static void avcSet(Buffer bytes) {
    assertThat(AvcNal.parameterSetId(bytes)).isNotNegative();
  }

  private static void hevcSet(Buffer bytes) {
    assertThat(HevcNal.parameterSetId(bytes)).isNotNegative();
  }

  private static void av1(Buffer bytes) {
    Av1Configuration.parse(bytes).ifPresent(CodecFuzzTest::av1);
  }

  private static void av1(Av1Configuration av1) {
    plausible(av1.sequence().format());
    assertThat(av1.codecs())
        .matches("av01\\.\\d\\.\\d\\d[MH]\\.\\d\\d(\\.\\d\\.\\d{3}(\\.\\d{2,3}){3}\\.\\d)?");
    assertThat(Av1Configuration.parse(av1.record())).contains(av1);
  }

  private static void av1Unit(Buffer bytes) {
    Av1TemporalUnit unit = Av1TemporalUnit.read(bytes);
    assertThat(unit.data().length()).isLessThanOrEqualTo(bytes.length());
    if (unit.sequenceHeader() != null) {
      av1(Av1Configuration.ofSequenceHeader(unit.sequenceHeader()));
    }
  }

  private static void vp9(Buffer bytes) {
    Vp9Configuration vp9 = Vp9Configuration.parse(bytes).withLevelFor(1920, 1080);
    assertThat(vp9.codecs())
        .matches("vp09\\.\\d\\d\\.\\d\\d\\.\\d\\d(\\.\\d\\d(\\.\\d{2,3}){3}\\.\\d\\d)?");
  }

  private static void aac(Buffer bytes) {
    AacConfiguration aac = AacConfiguration.parse(bytes);
    assertThat(aac.channels()).isBetween(1, 128);
    assertThat(aac.coreSampleRate()).isPositive();
    assertThat(aac.codecs()).matches("mp4a\\.40\\.\\d+");
  }

  private static void adts(Buffer bytes) {
    assertThat(AdtsHeader.parse(bytes, 0).configuration().channels()).isPositive();
    AdtsHeader.fills(bytes);
  }

  private static void ac3(Buffer bytes) {
    Ac3Configuration ac3 = Ac3Configuration.fromFrame(bytes);
    assertThat(ac3.channels()).isBetween(1, 6);
    assertThat(ac3.sampleRate()).isPositive();
  }

  private static void eac3(Buffer bytes) {
    Eac3Configuration eac3 = Eac3Configuration.fromFrame(bytes);
    assertThat(eac3.channels()).isBetween(1, 24);
    assertThat(eac3.sampleRate()).isPositive();
    assertThat(eac3.dataRate()).isBetween(0, 0x1FFF);
    assertThat(Eac3Configuration.samplesIn(bytes)).isPositive();
  }

  private static void plausible(PictureFormat format) {
    assertThat(format.width()).isBetween(1, 16_384);
    assertThat(format.height()).isBetween(1, 32_768);
    assertThat(format.bitDepth()).isBetween(8, 16);
    assertThat(format.frameRate()).isGreaterThanOrEqualTo(0);
  }
}
