package io.millrace.packager.segment;

import static io.millrace.packager.segment.ArrivingMedia.end;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound that comes in blocks beside a picture that comes as it is shown. */
class BurstTest {
  private static final int BREAK = 20_000;

  private final CutSegments cut = new CutSegments();
  private final ArrivingMedia media = new ArrivingMedia(cut);

  /** HLS B8, B9, M3: nothing of the picture is missing, so it is cut at its key frames alone. */
  @ParameterizedTest
  @CsvSource({
    "2_000,1,false",
    "4_000,1,false",
    "6_000,1,false",
    "7_500,1,false",
    "2_000,0,false",
    "4_000,0,false",
    "7_500,0,false",
    "2_000,1,true",
    "4_000,1,true",
    "6_000,1,true",
    "4_000,0,true",
    "7_500,0,true"
  })
  void soundInBlocksFromTheStartCutsNoPicture(String block, int behind, boolean transport) {
    Segmenter segmenter = transport ? cut.transportSegmenter() : cut.segmenter();
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000 - behind * millis(block), blocks(0, millis(block), behind))
        .sendTo(segmenter, 0);

    assertPicturesComeInTime(segmenter);
  }

  /** HLS B8, B9, D9, M3: likewise behind a break. */
  @ParameterizedTest
  @CsvSource({
    "2_000,1,false",
    "4_000,1,false",
    "6_000,1,false",
    "7_500,1,false",
    "4_000,0,false",
    "7_500,0,false",
    "2_000,1,true",
    "4_000,1,true",
    "6_000,1,true",
    "4_000,0,true",
    "7_500,0,true"
  })
  void soundInBlocksBehindABreakCutsNoPicture(String block, int behind, boolean transport) {
    Segmenter segmenter = transport ? cut.transportSegmenter() : cut.segmenter();
    LongUnaryOperator later = blocks(BREAK, millis(block), behind);
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000 - behind * millis(block), dts -> dts < BREAK ? dts : later.applyAsLong(dts))
        .breakAt(BREAK)
        .sendTo(segmenter, 0);

    assertThat(cut.of("video").stream().filter(CutSegment::discontinuity)).hasSize(1);
    assertPicturesComeInTime(segmenter);
  }

  /** HLS B8, B9: sound that was away and comes again in blocks has not come twice. */
  @ParameterizedTest
  @CsvSource({"4_000,false", "6_000,false", "4_000,true", "6_000,true"})
  void soundThatComesAgainInBlocksCutsNoPicture(String block, boolean transport) {
    Segmenter segmenter = transport ? cut.transportSegmenter() : cut.segmenter();
    LongUnaryOperator later = blocks(BREAK, millis(block), 1);
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(
            60_000 - millis(block),
            dts -> dts < 8_000 ? dts : dts < BREAK ? -1 : later.applyAsLong(dts))
        .sendTo(segmenter, 0);

    assertPicturesComeInTime(segmenter);
  }

  /** HLS B9, D9: the time of an outage is none in which the picture was missing. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void soundAheadOfThePictureBehindAnOutageCutsNoPicture(boolean transport) {
    Segmenter segmenter = transport ? cut.transportSegmenter() : cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(SteadyEncoder.VIDEO, SteadyEncoder.AUDIO);
    for (long at = 0; at < 4_000; at += 40) {
      encoder.at(at);
      encoder.picture(at, at % 2_000 == 0);
      encoder.sound(at / 1000.0, (at + 40) / 1000.0);
    }
    segmenter.interrupt();
    for (long at = 4_000; at < 12_000; at += 40) {
      encoder.at(30_000 + at);
      encoder.picture(at, at % 2_000 == 0);
      if (at == 4_000) {
        encoder.sound(4, 12);
      }
    }
    encoder.end();

    assertThat(cut.of("video")).noneMatch(CutSegment::gap).allMatch(CutSegment::independent);
    assertThat(CutSegments.seconds(cut.of("video"))).containsOnly(2.0).hasSize(6);
  }

  private void assertPicturesComeInTime(Segmenter segmenter) {
    assertThat(media.longestWait("video")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    List<CutSegment> pictures = cut.of("video");
    assertThat(pictures).noneMatch(CutSegment::gap).allMatch(CutSegment::independent);
    assertThat(pictures.stream().mapToInt(CutSegment::frames).sum()).isEqualTo(60 * 24);
    assertThat(end(pictures.getLast())).isBetween(59_990_000_000L, 60_010_000_000L);
  }

  /**
   * Blocks that come when their last frame is due, or their first one.
   *
   * @param behind 1 for the last
   */
  private static LongUnaryOperator blocks(int from, int block, int behind) {
    return dts -> from + ((dts - from) / block + behind) * block;
  }

  private static int millis(String number) {
    return Integer.parseInt(number.replace("_", ""));
  }
}
