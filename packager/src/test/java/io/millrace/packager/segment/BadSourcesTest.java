package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Encoders that are set up as none should be, for minutes. */
class BadSourcesTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.segmenter();
  private final SteadyEncoder encoder = new SteadyEncoder(segmenter);

  /** HLS B2, B3: the longest target that is chosen, and nothing is lost. */
  @Test
  void keyFramesHalfAMinuteApartAreCutInsideTheirGroups() {
    encoder.announce(VIDEO);
    encoder.groups(30, 30, 30);
    encoder.end();

    assertThat(segmenter.targetSeconds()).isEqualTo(12);
    assertThat(seconds(cut.all())).allMatch(seconds -> seconds < 12.5);
    assertThat(cut.all().stream().mapToInt(CutSegment::frames).sum()).isEqualTo(3 * 750);
    assertThat(cut.all().stream().filter(CutSegment::independent)).hasSize(3);
    assertThat(cut.all()).noneMatch(CutSegment::discontinuity);
    isClean();
  }

  /** HLS D1. */
  @Test
  void aResolutionThatChangesEachMinuteIsADiscontinuityEachMinute() {
    Track small = RandomBroadcast.smallVideo(Timescale.MILLIS);
    for (int minute = 0; minute < 5; minute++) {
      encoder.announce(minute % 2 == 0 ? VIDEO : small, AUDIO);
      for (int second = 0; second < 60; second += 2) {
        encoder.both(minute * 60 + second, minute * 60 + second + 2);
      }
    }
    encoder.end();

    for (String rendition : List.of("video", "audio")) {
      assertThat(cut.of(rendition)).hasSize(150);
      assertThat(
              cut.of(rendition).stream()
                  .filter(CutSegment::discontinuity)
                  .map(segment -> segment.mediaNanos() / 1_000_000_000))
          .containsExactly(60L, 120L, 180L, 240L);
    }
    assertThat(cut.of("video").stream().mapToInt(CutSegment::frames).sum()).isEqualTo(7_500);
    assertThat(segmenter.dropped()).isZero();
    isClean();
  }

  /** HLS D7: what comes late is beside the pictures of its time, which go on as they were. */
  @Test
  void soundFromTheTenthMinuteOnIsBesideItsPictures() {
    encoder.announce(VIDEO);
    for (int second = 0; second < 540; second += 2) {
      encoder.pictures(second, second + 2);
    }
    encoder.announce(VIDEO, AUDIO);
    for (int second = 540; second < 560; second += 2) {
      encoder.both(second, second + 2);
    }
    encoder.end();

    List<CutSegment> pictures = cut.of("video");
    List<CutSegment> sound = cut.of("audio");
    assertThat(pictures).hasSize(280).noneMatch(CutSegment::discontinuity);
    assertThat(sound).noneMatch(CutSegment::discontinuity);
    // It is announced while a segment is open, of which it has nothing.
    List<CutSegment> heard = sound.stream().filter(segment -> segment.frames() > 0).toList();
    assertThat(sound.size() - heard.size()).isLessThanOrEqualTo(1);
    assertThat(heard.getFirst().mediaNanos()).isEqualTo(540_000_000_000L);
    assertThat(heard.stream().map(CutSegment::msn))
        .isEqualTo(pictures.subList(270, 280).stream().map(CutSegment::msn).toList());
    assertThat(seconds(heard).stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(20.0, within(0.05));
    assertThat(segmenter.dropped()).isZero();
    isClean();
  }

  private void isClean() {
    for (String rendition : List.of("video", "audio")) {
      if (!cut.of(rendition).isEmpty()) {
        assertThat(SegmentJudge.judge(cut.of(rendition), segmenter.targetSeconds())).isEmpty();
      }
    }
  }
}
