package io.millrace.packager.segment;

import static io.millrace.packager.segment.ArrivingMedia.end;
import static io.millrace.packager.segment.CutSegments.fragments;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.mp4.Mp4Fragment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that come behind what was listed in their place, beside sound that goes on. */
class LateLeaderTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.segmenter();
  private final ArrivingMedia media = new ArrivingMedia(cut);

  /** HLS B5, B9, D6: a gap that is listed stays, and what comes behind it starts there. */
  @ParameterizedTest
  @CsvSource({"10_000,5_500", "10_000,6_000", "11_000,7_000", "10_480,7_000"})
  void picturesThatWereHeldUpStartBehindTheGapThatIsListed(String from, String held) {
    long stop = Long.parseLong(from.replace("_", ""));
    long late = Long.parseLong(held.replace("_", ""));
    media
        .pictures(
            40_000, 2_000, dts -> dts < stop ? dts : Math.max(dts, stop + late + (dts - stop) / 4))
        .sound(40_000, dts -> dts)
        .sendTo(segmenter, 0);

    assertDatesFollowDurations();
    assertThat(cut.of("video")).anyMatch(CutSegment::gap).noneMatch(CutSegment::discontinuity);
    assertThat(cut.of("audio")).noneMatch(CutSegment::gap);
    // What the gap stands for, and up to the next key frame.
    assertThat(segmenter.dropped() * 40).isBetween(40L, late + 2_000);
    assertThat(media.longestWait("audio")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
  }

  /** HLS D6: seconds of sound before their pictures, as badly interleaved files have them. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 3_000, 5_000, 7_000})
  void picturesThatAreLateForGoodAreWaitedFor(int late) {
    media
        .pictures(60_000, 2_000, dts -> dts < 10_000 ? dts : dts + late)
        .sound(60_000, dts -> dts)
        .sendTo(segmenter, 0);

    assertDatesFollowDurations();
    assertThat(segmenter.dropped() * 40).isLessThanOrEqualTo(late + 2_000);
    assertThat(cut.of("video").reversed().subList(0, 15)).noneMatch(CutSegment::gap);
  }

  /** HLS B5, F1: no picture is left in the file that has no time. */
  @Test
  void aKeyFrameThatStartsAFrameBeforeTheEndOfAGapIsLeftOut() {
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(SteadyEncoder.VIDEO, SteadyEncoder.AUDIO);
    encoder.both(0, 2);
    encoder.both(2, 4);
    encoder.sound(4, 9.5);
    assertThat(cut.of("video").getLast().gap()).isTrue();
    assertThat(end(cut.of("video").getLast())).isEqualTo(7_000_000_000L);
    encoder.pictures(6.96, 8.96);
    encoder.pictures(8.96, 10.96);
    encoder.sound(9.5, 10.96);
    encoder.end();

    assertThat(segmenter.dropped()).isEqualTo(50);
    assertThat(cut.of("video").stream().filter(segment -> !segment.gap()))
        .allSatisfy(
            segment ->
                assertThat(fragments(segment))
                    .flatMap(Mp4Fragment::samples)
                    .allMatch(sample -> sample.duration() == 40));
    assertDatesFollowDurations();
  }

  private void assertDatesFollowDurations() {
    List<CutSegment> pictures = cut.of("video");
    for (int i = 0; i < pictures.size(); i++) {
      CutSegment segment = pictures.get(i);
      if (i > 0) {
        assertThat(segment.mediaNanos()).isEqualTo(end(pictures.get(i - 1)));
      }
      if (!segment.gap()) {
        assertThat(fragments(segment).getFirst().baseDecodeTime())
            .isEqualTo(segment.mediaNanos() / 1_000_000 + 10_000);
      }
    }
  }
}
