package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.fragments;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.mp4.Mp4Fragment;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sound that was away and comes again behind the picture, as gaps and as silence. */
class LateReturnTest {
  private static final int PICTURE_MILLIS = 40;
  private static final int SOUND_MILLIS = 20;

  private final CutSegments cut = new CutSegments();

  /** HLS D1, D6: where the frames lie beside the end of what is listed is of no account. */
  @ParameterizedTest
  @CsvSource({
    "false,700,0",
    "false,700,5",
    "false,700,13",
    "false,1200,7",
    "false,5000,17",
    "true,700,0",
    "true,700,5",
    "true,700,13",
    "true,1200,7",
    "true,1200,19",
    "true,5000,17"
  })
  void soundThatComesAgainLateStartsWhereTheLastSegmentEnded(
      boolean silence, long lagMillis, long offsetMillis) {
    Segmenter segmenter = silence ? cut.silenceSegmenter() : cut.segmenter();
    SteadyEncoder encoder = new SteadyEncoder(segmenter);
    encoder.announce(VIDEO, AUDIO);
    long soundAt = 0;
    for (long at = 0; at < 60_000; at += PICTURE_MILLIS) {
      encoder.picture(at, at % 2000 == 0);
      if (soundAt >= 10_000 && soundAt < 22_000) {
        soundAt = 22_000 + offsetMillis;
      }
      for (; soundAt + (soundAt < 22_000 ? 0 : lagMillis) <= at; soundAt += SOUND_MILLIS) {
        encoder.sound(soundAt / 1000.0, (soundAt + SOUND_MILLIS) / 1000.0);
      }
    }
    encoder.end();

    List<CutSegment> sound = cut.of("audio");
    assertThat(sound).noneMatch(CutSegment::discontinuity);
    assertThat(sound.stream().anyMatch(CutSegment::gap)).isEqualTo(!silence);
    for (int i = 1; i < sound.size(); i++) {
      assertThat(sound.get(i).mediaNanos()).isEqualTo(end(sound.get(i - 1)));
    }
    for (CutSegment segment : sound) {
      if (!segment.gap()) {
        List<Mp4Fragment> fragments = fragments(segment);
        assertThat(fragments.getFirst().baseDecodeTime())
            .isEqualTo(segment.mediaNanos() / 1_000_000 + 10_000);
        assertThat(fragments.stream().mapToLong(Mp4Fragment::duration).sum())
            .isEqualTo(segment.durationTicks());
      }
    }
  }

  /** HLS B8: it is known by how much it comes late, and its playlist has always been as late. */
  @ParameterizedTest
  @CsvSource({"false,2000", "false,4000", "true,2000", "true,4000"})
  void soundThatIsLateAllTheTimeLosesNothingByAPause(boolean silence, int lagMillis) {
    CutSegments steady = new CutSegments();
    Segmenter without = silence ? steady.silenceSegmenter() : steady.segmenter();
    new ArrivingMedia(steady)
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000 - lagMillis, dts -> dts + lagMillis)
        .sendTo(without, 0);
    Segmenter with = silence ? cut.silenceSegmenter() : cut.segmenter();
    ArrivingMedia media = new ArrivingMedia(cut);
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000 - lagMillis, dts -> dts >= 20_000 && dts < 28_000 ? -1 : dts + lagMillis)
        .sendTo(with, 0);

    assertThat(with.dropped()).isEqualTo(without.dropped());
    assertThat(media.longestWait("audio")).isLessThanOrEqualTo(1_500L * with.targetSeconds());
    assertThat(cut.of("video")).noneMatch(CutSegment::gap);
  }

  private static long end(CutSegment segment) {
    return segment.mediaNanos() + segment.timescale().toNanos(segment.durationTicks());
  }
}
