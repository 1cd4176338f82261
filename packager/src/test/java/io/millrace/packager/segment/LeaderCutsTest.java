package io.millrace.packager.segment;

import static io.millrace.packager.segment.ArrivingMedia.end;
import static io.millrace.packager.segment.CutSegments.fragments;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.mp4.Mp4Fragment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a picture is cut that is not missing, or not yet, beside sound that comes. */
class LeaderCutsTest {
  /** Three pictures, in milliseconds. */
  private static final long LONGEST_STEP = 125;

  private final CutSegments cut = new CutSegments();
  private final ArrivingMedia media = new ArrivingMedia(cut);

  /** HLS B8, F1: of pictures at irregular steps nobody knows how long the last one lasts. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void picturesAtIrregularStepsThatBeginToComeLateAreCutWhereOneStarts(int phase) {
    Segmenter segmenter = cut.segmenter(Duration.ofSeconds(2));
    media
        .pictures(
            30_000,
            2_000,
            dts ->
                !isSent(Math.round(dts * 24 / 1000.0), phase)
                    ? -1
                    : dts < 10_000 ? dts : dts + Math.min(4_000, (dts - 10_000) / 2))
        .sound(30_000, dts -> dts)
        .sendTo(segmenter, 0);

    assertThat(segmenter.dropped()).isZero();
    List<CutSegment> pictures = cut.of("video");
    assertThat(pictures).noneMatch(CutSegment::gap).anyMatch(segment -> !segment.independent());
    long next = 10_000;
    for (CutSegment segment : pictures) {
      assertThat(segment.mediaNanos() / 1_000_000 + 10_000).isEqualTo(next);
      for (Mp4Fragment fragment : fragments(segment)) {
        assertThat(fragment.baseDecodeTime()).isEqualTo(next);
        next += fragment.duration();
      }
    }
  }

  /** HLS B8: nor of the last one of all, when they stop and go on as if nothing had been. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void picturesAtIrregularStepsThatAreHeldUpAreAllThere(int phase) {
    Segmenter segmenter = cut.segmenter(Duration.ofSeconds(2));
    media
        .pictures(
            30_000,
            2_000,
            dts ->
                !isSent(Math.round(dts * 24 / 1000.0), phase)
                    ? -1
                    : dts < 10_900 ? dts : Math.max(dts, 12_900))
        .sound(30_000, dts -> dts)
        .sendTo(segmenter, 0);

    assertThat(segmenter.dropped()).isZero();
    List<CutSegment> pictures = cut.of("video");
    assertThat(pictures).anyMatch(segment -> !segment.independent());
    assertThat(media.longestWait("video")).isLessThanOrEqualTo(3_000);
    // All were held up and came: no more is missing than how long the last one lasts.
    assertThat(pictures.stream().filter(CutSegment::gap).mapToDouble(CutSegments::seconds).sum())
        .isLessThan(LONGEST_STEP / 1_000.0);
    assertThat(pictures.stream().filter(segment -> !segment.gap()))
        .allSatisfy(
            segment ->
                assertThat(fragments(segment).stream().flatMap(file -> file.samples().stream()))
                    .allMatch(picture -> picture.duration() <= LONGEST_STEP + 1));
  }

  /** Steps of three pictures, three and one. */
  private static boolean isSent(long index, int phase) {
    long place = index % 48;
    return place == 0 || (place + phase) % 7 % 3 == 0;
  }

  /** HLS B2, M3: what rounding to whole seconds allows is kept whole. */
  @ParameterizedTest
  @ValueSource(ints = {1_320, 1_360, 1_400})
  void groupsThatJustFitTheTargetDurationStayWhole(int group) {
    Segmenter segmenter = cut.segmenter(Duration.ofSeconds(1));
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(SteadyEncoder.VIDEO, SteadyEncoder.AUDIO);
    for (long at = 0; at < 20L * group; at += 40) {
      encoder.at(at);
      encoder.sound(at / 1000.0, (at + 40) / 1000.0);
      encoder.picture(at, at % group == 0);
    }
    encoder.end();

    assertThat(cut.of("video")).hasSize(20).allMatch(CutSegment::independent);
  }

  /** HLS F1, D1: a picture would be over behind the longest segment that there may be. */
  @ParameterizedTest
  @ValueSource(ints = {800, 1_000})
  void aSegmentThatHasToEndEarlyHoldsNoMoreThanItLasts(int step) {
    Segmenter segmenter = cut.segmenter(Duration.ofSeconds(1));
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(SteadyEncoder.VIDEO, SteadyEncoder.AUDIO);
    for (long at = 0; at < 36_000; at += 40) {
      encoder.at(at);
      encoder.sound(at / 1000.0, (at + 40) / 1000.0);
      if (at % step == 0 && (at <= 20_000 || at >= 24_000)) {
        encoder.picture(at, at == 0);
      }
    }
    encoder.end();

    assertThat(cut.of("video").stream().filter(segment -> !segment.gap()))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            segment ->
                assertThat(fragments(segment).stream().mapToLong(Mp4Fragment::duration).sum())
                    .isEqualTo(segment.durationTicks()));
  }

  /** HLS B8: a pause of sound took a number more, so that no cut of the picture is its next one. */
  @ParameterizedTest
  @ValueSource(ints = {3_000, 4_000, 5_000})
  void soundThatIsAheadByANumberHasUpdatesWhileThePictureIsHeldUp(int held) {
    Segmenter segmenter = cut.segmenter();
    media
        .pictures(40_000, 2_000, dts -> dts <= 21_000 ? dts : Math.max(dts, 21_000 + held))
        .sound(40_000, dts -> dts > 18_940 && dts < 20_400 ? -1 : dts)
        .sendTo(segmenter, 0);

    assertThat(media.longestWait("audio")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    assertThat(media.longestWait("video")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    assertThat(cut.of("audio").stream().mapToInt(CutSegment::frames).sum())
        .isEqualTo((40_000 - 1_440) / 20);
  }

  /** HLS B9: the sound is seconds ahead, and the picture is held up for a little. */
  @Test
  void noMoreIsMissingThanTheTimeThatHasPassed() {
    Segmenter segmenter = cut.segmenter(Duration.ofSeconds(2));
    media
        .pictures(20_000, 2_000, dts -> dts < 6_500 ? dts : Math.max(8_900, dts))
        .sound(
            20_000, dts -> dts < 6_500 ? dts : dts < 14_000 ? 6_520 : Math.max(8_400, dts - 5_600))
        .sendTo(segmenter, 0);

    assertThat(cut.of("video")).noneMatch(CutSegment::gap);
    assertThat(segmenter.dropped()).isZero();
    assertThat(end(cut.of("video").getLast())).isBetween(19_990_000_000L, 20_010_000_000L);
  }

  /** HLS B8: also just behind the start of a run. */
  @Test
  void aPictureIsMissedWhenTheWallClockWasSetBack() {
    SteadyEncoder encoder = new SteadyEncoder(cut.segmenter(Duration.ofSeconds(2)));
    encoder.announce(SteadyEncoder.VIDEO, SteadyEncoder.AUDIO);
    for (long at = 0; at < 12_000; at += 40) {
      encoder.at(at < 1_000 ? 3_600_000 + at : at);
      if (at < 1_000) {
        encoder.picture(at, at == 0);
      }
      encoder.sound(at / 1000.0, (at + 40) / 1000.0);
    }

    assertThat(cut.of("video").stream().filter(CutSegment::gap)).hasSizeGreaterThanOrEqualTo(4);
  }
}
