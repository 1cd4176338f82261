package io.millrace.packager.segment;

import static io.millrace.packager.segment.ArrivingMedia.end;
import static io.millrace.packager.segment.CutSegments.fragments;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.mp4.Mp4Fragment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound in files of its own that stops, pauses or is held up, and silence for what is missing. */
class PausedSoundTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.silenceSegmenter();
  private final ArrivingMedia media = new ArrivingMedia(cut);

  /** HLS B8, F1: players stand at the slower of two playlists. */
  @ParameterizedTest
  @ValueSource(ints = {10_100, 11_000, 15_000, 19_000, 19_980})
  void soundThatStopsInsideALongSegmentIsFilledUpToTheCut(int stop) {
    media
        .pictures(60_000, 10_000, dts -> dts)
        .sound(60_000, dts -> dts < stop ? dts : -1)
        .sendTo(segmenter, 31_000);

    assertThat(media.furthestBehind()).isLessThanOrEqualTo(40);
    assertThat(media.end("audio")).isBetween(media.end("video") - 40, media.end("video") + 40);
    assertThat(cut.of("audio")).hasSameSizeAs(cut.of("video")).noneMatch(CutSegment::gap);
    assertFilesAreWhatIsSaidOfThem();
  }

  /** HLS B8, D6, F1: a frame every few seconds. */
  @ParameterizedTest
  @ValueSource(ints = {700, 2_600, 5_000, 9_000})
  void sparseSoundKeepsUpWithThePicture(int every) {
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000, dts -> dts < 10_000 || dts % every < 20 ? dts : -1)
        .sendTo(segmenter, 24_000);

    assertThat(media.furthestBehind()).isLessThanOrEqualTo(250);
    assertThat(media.end("audio")).isBetween(media.end("video") - 250, media.end("video") + 40);
    assertThat(cut.of("audio")).hasSameSizeAs(cut.of("video")).noneMatch(CutSegment::gap);
    assertThat(segmenter.dropped()).isZero();
    assertFilesAreWhatIsSaidOfThem();
  }

  /** HLS D1, F1: a pause within a segment is part of it. */
  @Test
  void aPauseWithinASegmentIsFilled() {
    media
        .pictures(12_000, 4_000, dts -> dts)
        .sound(12_000, dts -> dts >= 5_000 && dts < 6_000 ? -1 : dts)
        .sendTo(segmenter, 0);

    assertThat(cut.of("audio")).hasSameSizeAs(cut.of("video"));
    // 50 frames of 20 ms are 46 of 1024 samples, and what is left of the 47th.
    assertThat(cut.of("audio").stream().mapToInt(CutSegment::frames).sum())
        .isBetween(550 + 45, 550 + 50);
    assertFilesAreWhatIsSaidOfThem();
  }

  /** HLS B8: sound that comes in blocks is waited for as long as each block is. */
  @ParameterizedTest
  @ValueSource(ints = {2_000, 3_000, 4_500, 6_000})
  void soundInBlocksLosesNothing(int block) {
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000 - block, dts -> dts < 8_000 ? dts : (dts / block + 1) * block)
        .sendTo(segmenter, 0);

    assertThat(segmenter.dropped()).isZero();
    assertThat(media.longestWait("audio")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    assertThat(media.longestWait("video")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    assertFilesAreWhatIsSaidOfThem();
  }

  /** HLS B8, B9: what is left out is what was listed as silence, less than the sound is late by. */
  @ParameterizedTest
  @ValueSource(ints = {100, 700, 1_200, 2_500, 4_000, 5_500})
  void soundThatComesAgainLateLosesWhatIsListed(int late) {
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(60_000, dts -> dts < 10_000 ? dts : dts < 22_000 ? -1 : dts + late)
        .sendTo(segmenter, 0);

    assertThat(segmenter.dropped() * 20).isLessThanOrEqualTo(Math.max(0, late - 500) + 20);
    assertThat(media.longestWait("audio")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    // The picture ends while the sound is still coming.
    assertThat(cut.of("video")).noneMatch(CutSegment::gap);
    assertThat(media.longestWait("video")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    assertFilesAreWhatIsSaidOfThem();
  }

  /** HLS B8: it is not waited for, and what it loses is told by the length of its silence. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 3_000, 4_000, 5_000, 8_000})
  void soundThatIsHeldUpLosesWhatWasListedMeanwhile(int held) {
    media
        .pictures(60_000, 2_000, dts -> dts)
        .sound(
            60_000, dts -> dts < 10_000 ? dts : Math.max(dts, 10_000 + held + (dts - 10_000) / 4))
        .sendTo(segmenter, 0);

    assertThat(segmenter.dropped() * 20).isLessThanOrEqualTo(Math.max(0, held - 2_000));
    assertThat(media.longestWait("audio")).isLessThanOrEqualTo(1_500L * segmenter.targetSeconds());
    assertFilesAreWhatIsSaidOfThem();
  }

  private void assertFilesAreWhatIsSaidOfThem() {
    List<CutSegment> sound = cut.of("audio");
    for (int i = 0; i < sound.size(); i++) {
      CutSegment segment = sound.get(i);
      assertThat(segment.discontinuity()).isFalse();
      assertThat(CutSegments.seconds(segment)).isLessThan(segmenter.targetSeconds() + 0.5);
      if (i > 0) {
        assertThat(segment.mediaNanos()).isEqualTo(end(sound.get(i - 1)));
      }
      if (!segment.gap()) {
        long at = segment.mediaNanos() / 1_000_000 + 10_000;
        for (Mp4Fragment fragment : fragments(segment)) {
          assertThat(fragment.baseDecodeTime()).isEqualTo(at);
          assertThat(fragment.samples()).allMatch(sample -> sample.duration() <= 250);
          at += fragment.duration();
        }
        assertThat(at).isEqualTo(end(segment) / 1_000_000 + 10_000);
      }
    }
  }
}
