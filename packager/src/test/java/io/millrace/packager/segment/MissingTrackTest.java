package io.millrace.packager.segment;

import static io.millrace.packager.segment.CutSegments.fragments;
import static io.millrace.packager.segment.CutSegments.seconds;
import static io.millrace.packager.segment.SteadyEncoder.AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.SECOND_AUDIO;
import static io.millrace.packager.segment.SteadyEncoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.validator.mp4.Mp4Fragment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound or a picture that starts late, stops or comes back while the other goes on. */
class MissingTrackTest {
  private final CutSegments cut = new CutSegments();
  private final Segmenter segmenter = cut.segmenter();
  private final SteadyEncoder encoder = new SteadyEncoder(segmenter);

  @Test
  void fillsSoundThatStopsWithGaps() {
    encoder.announce(VIDEO, AUDIO);
    for (int i = 0; i < 10; i++) {
      if (i < 3) {
        encoder.sound(i, i + 1);
      }
      encoder.pictures(i, i + 1);
    }

    List<CutSegment> sound = cut.of("audio");
    assertThat(cut.of("video")).hasSizeGreaterThanOrEqualTo(3);
    assertThat(sound.get(0).gap()).isFalse();
    assertThat(sound.getLast().gap()).isTrue();
    // It is not waited for beyond the next cut.
    assertThat(sound.size()).isGreaterThanOrEqualTo(cut.of("video").size() - 1);
  }

  /** HLS B8: however few pictures there are, they tell how long the sound has been away. */
  @ParameterizedTest
  @ValueSource(ints = {500, 1000, 2000, 2400})
  void fillsSoundThatStopsBesideFewPicturesWithGaps(int stepMillis) {
    encoder.announce(VIDEO, AUDIO);
    encoder.sound(0, 2);
    long lastGap = 0;
    int gaps = 0;
    for (long at = 0; at < 60_000; at += stepMillis) {
      encoder.picture(at, true);
      int now = (int) cut.of("audio").stream().filter(CutSegment::gap).count();
      if (now > gaps) {
        lastGap = at;
        gaps = now;
      }
      // Not seen before the next picture: that, and what is waited for.
      assertThat(at - lastGap)
          .isLessThanOrEqualTo(1_500L * Math.max(6, segmenter.targetSeconds()) + stepMillis);
    }
    assertThat(cut.of("video").size() - cut.of("audio").size()).isLessThanOrEqualTo(2);
  }

  /** HLS B8: sound of its own goes on where the picture and the sound in its files stop. */
  @Test
  void nobodyInTheLeadersFilesIsWaitedForWhereTheLeaderIsMissing() {
    Segmenter transport = cut.transportSegmenter();
    SteadyEncoder both = new SteadyEncoder(transport);
    both.announce(VIDEO, AUDIO, SECOND_AUDIO);
    for (int i = 0; i < 60; i++) {
      both.pictures(i / 10.0, (i + 1) / 10.0, at -> Math.round(at * 1000) % 2000 == 0);
      both.sound(AUDIO, i / 10.0, (i + 1) / 10.0);
      both.sound(SECOND_AUDIO, i / 10.0, (i + 1) / 10.0);
    }
    int before = cut.of("video").size();
    double lastCut = 4;
    for (int i = 60; i < 300; i++) {
      both.sound(SECOND_AUDIO, i / 10.0, (i + 1) / 10.0);
      if (cut.of("video").size() > before) {
        before = cut.of("video").size();
        assertThat(i / 10.0 - lastCut).isLessThanOrEqualTo(1.5 * transport.targetSeconds());
        lastCut = i / 10.0;
      }
    }
    assertThat(30 - lastCut).isLessThanOrEqualTo(1.5 * transport.targetSeconds());
  }

  @Test
  void fillsAPictureThatStopsWithGaps() {
    encoder.announce(VIDEO, AUDIO);
    encoder.pictures(0, 2);
    encoder.sound(0, 2);
    encoder.pictures(2, 2.4);
    encoder.sound(2, 20);

    List<CutSegment> pictures = cut.of("video");
    assertThat(pictures.get(0).gap()).isFalse();
    assertThat(pictures.getLast().gap()).isTrue();
    assertThat(pictures.size()).isEqualTo(cut.of("audio").size());
    assertThat(cut.of("audio")).noneMatch(CutSegment::gap);
  }

  /** HLS B9, D6, D7, F1: a gap up to its first frame, and dates and durations of its frames. */
  @Test
  void soundThatStartsInsideASegmentStartsOneOfItsOwn() {
    encoder.announce(VIDEO, AUDIO);
    encoder.pictures(0, 2);
    encoder.pictures(2, 3);
    for (int i = 3; i < 12; i++) {
      encoder.both(i, i + 1);
    }
    encoder.end();

    List<CutSegment> sound = cut.of("audio");
    assertThat(seconds(sound)).startsWith(2.0, 1.0, 3.0);
    assertThat(sound.stream().map(CutSegment::gap)).startsWith(true, true, false, false);
    assertThat(sound.stream().filter(CutSegment::gap)).hasSize(2);
    assertThat(sound.get(2).mediaNanos()).isEqualTo(3_000_000_000L);
    assertThat(sound.stream().mapToInt(CutSegment::frames).sum()).isEqualTo(450);
    assertDatesFollowDurations();
    // Then it is cut where the picture is cut.
    assertThat(sound.get(3).mediaNanos()).isEqualTo(cut.of("video").get(3).mediaNanos());
    assertThat(sound).hasSameSizeAs(cut.of("video")).noneMatch(CutSegment::discontinuity);
  }

  /** HLS D6, F1: where nothing is listed before, there is nothing to fill. */
  @Test
  void soundThatStartsWithinTheFirstSegmentHasAShortOne() {
    encoder.announce(VIDEO, AUDIO);
    encoder.pictures(0, 0.8);
    encoder.sound(0.8, 2);
    encoder.pictures(0.8, 2);
    encoder.both(2, 4);
    encoder.end();

    assertThat(seconds(cut.of("audio"))).startsWith(1.2);
    assertThat(cut.of("audio").getFirst().mediaNanos()).isEqualTo(800_000_000L);
    assertThat(cut.of("audio")).noneMatch(CutSegment::gap);
    assertDatesFollowDurations();
  }

  /** HLS D6, F1, and no number is left out when the end comes just then. */
  @Test
  void soundThatComesBackJustBeforeTheEndLeavesAllAtOneNumber() {
    encoder.announce(VIDEO, AUDIO);
    encoder.both(0, 2);
    encoder.both(2, 3);
    encoder.pictures(3, 6.6);
    encoder.both(6.6, 7.4);
    segmenter.interrupt();
    segmenter.skip();
    encoder.both(20, 22);
    encoder.end();

    assertThat(cut.of("audio").stream().map(CutSegment::msn))
        .containsExactlyElementsOf(cut.of("video").stream().map(CutSegment::msn).toList());
    assertThat(cut.of("audio").stream().map(CutSegment::discontinuity))
        .containsExactlyElementsOf(
            cut.of("video").stream().map(CutSegment::discontinuity).toList());
    assertThat(cut.of("video")).noneMatch(CutSegment::gap);
    assertDatesFollowDurations();
  }

  /** HLS D2, F1: the picture is away for nine seconds, the sound goes on. */
  @Test
  void aPictureThatComesBackIsNoDiscontinuityAndStartsASegment() {
    encoder.announce(VIDEO, AUDIO);
    for (int i = 0; i < 5; i++) {
      encoder.both(i, i + 1);
    }
    encoder.sound(5, 14);
    encoder.laterPicture(14);
    encoder.sound(14, 14.04);
    encoder.pictures(14.04, 15);
    encoder.sound(14.04, 15);
    for (int i = 15; i < 20; i++) {
      encoder.both(i, i + 1);
    }
    encoder.end();

    assertThat(cut.all()).noneMatch(CutSegment::discontinuity);
    assertThat(cut.of("audio")).noneMatch(CutSegment::gap).hasSameSizeAs(cut.of("video"));
    assertThat(cut.of("video").stream().filter(CutSegment::gap)).isNotEmpty();
    assertThat(cut.of("video").stream().filter(segment -> !segment.gap()))
        .anyMatch(segment -> segment.mediaNanos() == 14_000_000_000L);
    assertDatesFollowDurations();
  }

  /** HLS D6, F1. */
  private void assertDatesFollowDurations() {
    for (String rendition : List.of("video", "audio")) {
      List<CutSegment> segments = cut.of(rendition);
      for (int i = 0; i < segments.size(); i++) {
        CutSegment segment = segments.get(i);
        long nanos = segment.timescale().toNanos(segment.durationTicks());
        if (i + 1 < segments.size() && !segments.get(i + 1).discontinuity()) {
          assertThat(segments.get(i + 1).mediaNanos()).isEqualTo(segment.mediaNanos() + nanos);
        }
        if (!segment.gap()) {
          List<Mp4Fragment> fragments = fragments(segment);
          long shift = 1000L * SegmentFormat.TIME_OFFSET_SECONDS;
          assertThat(fragments.getFirst().baseDecodeTime() - shift)
              .isEqualTo(segment.mediaNanos() / 1_000_000);
          assertThat(fragments.stream().mapToLong(Mp4Fragment::duration).sum())
              .isEqualTo(segment.durationTicks());
        }
      }
    }
  }
}
