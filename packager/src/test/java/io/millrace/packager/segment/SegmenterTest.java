package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SegmenterTest {
  private static final Track VIDEO = RandomBroadcast.video(Timescale.MILLIS);
  private static final Track AUDIO = RandomBroadcast.audio(Timescale.MILLIS, 48_000);

  private final List<CutSegment> cut = new ArrayList<>();
  private final Segmenter segmenter = segmenter(Optional.empty());

  @Test
  void choosesTheTargetFromTheFirstGroupOfPictures() {
    // HLS B3: chosen once.
    assertThat(targetFor(2.0)).isEqualTo(3);
    assertThat(targetFor(8.32)).isEqualTo(10);
    assertThat(targetFor(0.48, 0.96, 1.44, 1.92, 2.4)).isEqualTo(3);
    // Two groups a segment, with room for an encoder that rounds.
    assertThat(targetFor(1.0, 2.0)).isEqualTo(3);
    assertThat(targetFor(1.52, 3.04)).isEqualTo(4);
    assertThat(targetFor(30)).isEqualTo(12);
  }

  @Test
  void aShortFirstGroupDoesNotChooseTheTarget() {
    assertThat(targetFor(0.32, 8.32)).isEqualTo(9);
    assertThat(targetFor(1, 9)).isEqualTo(9);
    assertThat(targetFor(1, 31)).isEqualTo(12);
  }

  @Test
  void soundBeforeTheFirstKeyFrameDoesNotChooseTheTarget() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    sound(0, 1.4);
    pictures(1.4, 5.4);
    sound(1.4, 5.4);
    pictures(5.4, 9.4);

    assertThat(segmenter.targetSeconds()).isEqualTo(6);
    assertThat(of("video").get(0).independent()).isTrue();
  }

  @Test
  void cutsAtKeyFramesAndInsideAGroupThatWouldBeTooLong() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    pictures(0, 2);
    pictures(2, 10);
    end();

    // HLS B2: as long as rounding allows, until the group is known to be too long for any segment.
    assertThat(cut.stream().map(SegmenterTest::seconds)).containsExactly(2.0, 3.4, 3.0, 1.6);
    assertThat(cut.stream().map(CutSegment::independent)).containsExactly(true, true, false, false);
  }

  @Test
  void aGroupThatIsAFrameLongerThanTheFixedTargetIsNotCut() {
    Segmenter fixed = segmenter(Optional.of(Duration.ofSeconds(2)));
    groups(fixed, 2.04, 2.04, 2.04);

    // HLS B2, M3: 2.04 s are 2 s when rounded.
    assertThat(cut.stream().map(SegmenterTest::seconds)).containsExactly(2.04, 2.04, 2.04);
    assertThat(cut).allMatch(CutSegment::independent);
  }

  @Test
  void takesTheEarlierKeyFrameWhereTheNextMayBeOutOfReach() {
    Segmenter fixed = segmenter(Optional.of(Duration.ofSeconds(3)));
    groups(fixed, 2.8, 1, 2.8, 1, 2.8, 1, 2.8);

    assertThat(cut).allMatch(CutSegment::independent);
    assertThat(cut.stream().map(SegmenterTest::seconds)).allMatch(seconds -> seconds <= 3);
  }

  @Test
  void oneGroupTooLongForAnySegmentDoesNotMakeLaterSegmentsShort() {
    Segmenter fixed = segmenter(Optional.of(Duration.ofSeconds(3)));
    groups(fixed, 1, 1, 20, 1, 1, 1, 1, 1);

    assertThat(cut.stream().skip(cut.size() - 2L).map(SegmenterTest::seconds))
        .containsExactly(2.0, 2.0);
  }

  @Test
  void joinsShortGroupsUntilTheWishIsReached() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    for (int i = 0; i < 12; i++) {
      pictures(i * 0.48, (i + 1) * 0.48);
    }
    end();

    assertThat(cut.stream().map(SegmenterTest::seconds)).containsExactly(2.4, 2.4, 0.96);
    assertThat(cut).allMatch(CutSegment::independent);
  }

  @Test
  void dropsAndCountsPicturesBeforeTheFirstKeyFrame() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    picture(0, false);
    picture(40, false);
    pictures(0.08, 2.08);
    end();

    assertThat(segmenter.dropped()).isEqualTo(2);
    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).frames()).isEqualTo(50);
  }

  @Test
  void ignoresTracksThatAreTheSame() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    pictures(0, 1);
    segmenter.accept(new MediaEvent.TracksReady(List.of(RandomBroadcast.video(Timescale.MILLIS))));
    pictures(1, 2);
    end();

    // HLS D2
    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).discontinuity()).isFalse();
  }

  @Test
  void cutsWithoutADiscontinuityWhereAnotherParameterSetComes() {
    Track retuned = RandomBroadcast.retunedVideo(Timescale.MILLIS);
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    both(0, 2);
    both(2, 3);
    segmenter.accept(new MediaEvent.TracksReady(List.of(retuned, AUDIO)));
    both(3, 5);
    both(5, 7);
    end();

    // HLS D2: and every picture is behind its own header.
    List<CutSegment> pictures = of("video");
    assertThat(pictures.stream().map(SegmenterTest::seconds)).containsExactly(2.0, 1.0, 2.0, 2.0);
    assertThat(pictures.stream().map(CutSegment::frames)).containsExactly(50, 25, 50, 50);
    assertThat(pictures).allMatch(CutSegment::independent);
    assertThat(pictures.get(1).header()).isEqualTo(pictures.get(0).header());
    assertThat(pictures.get(2).header()).isNotEqualTo(pictures.get(0).header());
    assertThat(pictures.get(3).header()).isEqualTo(pictures.get(2).header());
    assertThat(of("audio").stream().map(SegmenterTest::seconds))
        .containsExactly(2.0, 1.0, 2.0, 2.0);
    assertThat(cut).noneMatch(CutSegment::discontinuity);
    assertThat(segmenter.dropped()).isZero();
  }

  @Test
  void anotherSizeOfPictureIsOneDiscontinuity() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    both(0, 2);
    both(2, 3);
    Track small = RandomBroadcast.smallVideo(Timescale.MILLIS);
    segmenter.accept(new MediaEvent.TracksReady(List.of(small, AUDIO)));
    both(3, 5);
    both(5, 7);
    end();

    // HLS D1
    for (String rendition : List.of("video", "audio")) {
      assertThat(of(rendition).stream().map(CutSegment::discontinuity))
          .containsExactly(false, false, true, false);
    }
  }

  @Test
  void startsAnewAfterAChangeOfConfiguration() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(AUDIO)));
    sound(0, 3);
    segmenter.accept(
        new MediaEvent.TracksReady(List.of(RandomBroadcast.audio(Timescale.MILLIS, 44_100))));
    sound(3, 6);
    end();

    // HLS D1
    CutSegment changed = cut.stream().filter(CutSegment::discontinuity).findFirst().orElseThrow();
    assertThat(changed.header()).isNotEqualTo(cut.get(0).header());
    assertThat(changed.mediaNanos()).isEqualTo(3_000_000_000L);
    assertThat(cut.stream().filter(CutSegment::discontinuity)).hasSize(1);
  }

  @Test
  void fillsSoundThatStopsWithGaps() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    for (int i = 0; i < 10; i++) {
      if (i < 3) {
        sound(i, i + 1);
      }
      pictures(i, i + 1);
    }

    List<CutSegment> sound = of("audio");
    assertThat(of("video")).hasSizeGreaterThanOrEqualTo(3);
    assertThat(sound.get(0).gap()).isFalse();
    assertThat(sound.getLast().gap()).isTrue();
    // Half a target duration is what it may be behind.
    assertThat(sound.size()).isGreaterThanOrEqualTo(of("video").size() - 1);
  }

  @Test
  void fillsAPictureThatStopsWithGaps() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    pictures(0, 2);
    sound(0, 2);
    pictures(2, 2.4);
    sound(2, 20);

    List<CutSegment> pictures = of("video");
    assertThat(pictures.get(0).gap()).isFalse();
    assertThat(pictures.getLast().gap()).isTrue();
    assertThat(pictures.size()).isEqualTo(of("audio").size());
    assertThat(of("audio")).noneMatch(CutSegment::gap);
  }

  /** HLS B9, D6, D7, F1: a gap up to its first frame, and dates and durations of its frames. */
  @Test
  void soundThatStartsInsideASegmentStartsOneOfItsOwn() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    pictures(0, 2);
    pictures(2, 3);
    for (int i = 3; i < 12; i++) {
      both(i, i + 1);
    }
    end();

    List<CutSegment> sound = of("audio");
    assertThat(sound.stream().limit(3).map(SegmenterTest::seconds)).containsExactly(2.0, 1.0, 3.0);
    assertThat(sound.stream().map(CutSegment::gap)).startsWith(true, true, false, false);
    assertThat(sound.stream().filter(CutSegment::gap)).hasSize(2);
    assertThat(sound.get(2).mediaNanos()).isEqualTo(3_000_000_000L);
    assertThat(sound.stream().mapToInt(CutSegment::frames).sum()).isEqualTo(450);
    assertDatesFollowDurations();
    // Then it is cut where the picture is cut.
    assertThat(sound.get(3).mediaNanos()).isEqualTo(of("video").get(3).mediaNanos());
    assertThat(sound).hasSameSizeAs(of("video")).noneMatch(CutSegment::discontinuity);
  }

  /** HLS D6, F1: where nothing is listed before, there is nothing to fill. */
  @Test
  void soundThatStartsWithinTheFirstSegmentHasAShortOne() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    pictures(0, 0.8);
    sound(0.8, 2);
    pictures(0.8, 2);
    both(2, 4);
    end();

    assertThat(of("audio").stream().map(SegmenterTest::seconds).findFirst()).contains(1.2);
    assertThat(of("audio").getFirst().mediaNanos()).isEqualTo(800_000_000L);
    assertThat(of("audio")).noneMatch(CutSegment::gap);
    assertDatesFollowDurations();
  }

  /** HLS D6, F1, and no number is left out when the end comes just then. */
  @Test
  void soundThatComesBackJustBeforeTheEndLeavesAllAtOneNumber() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    both(0, 2);
    both(2, 3);
    pictures(3, 6.6);
    both(6.6, 7.4);
    segmenter.interrupt();
    segmenter.skip();
    both(20, 22);
    end();

    assertThat(of("audio").stream().map(CutSegment::msn))
        .containsExactlyElementsOf(of("video").stream().map(CutSegment::msn).toList());
    assertThat(of("audio").stream().map(CutSegment::discontinuity))
        .containsExactlyElementsOf(of("video").stream().map(CutSegment::discontinuity).toList());
    assertThat(of("video")).noneMatch(CutSegment::gap);
    assertDatesFollowDurations();
  }

  /** HLS D2, F1: the picture is away for nine seconds, the sound goes on. */
  @Test
  void aPictureThatComesBackIsNoDiscontinuityAndStartsASegment() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    for (int i = 0; i < 5; i++) {
      both(i, i + 1);
    }
    sound(5, 14);
    picture(14_000, false);
    sound(14, 14.04);
    pictures(14.04, 15);
    sound(14.04, 15);
    for (int i = 15; i < 20; i++) {
      both(i, i + 1);
    }
    end();

    assertThat(cut).noneMatch(CutSegment::discontinuity);
    assertThat(of("audio")).noneMatch(CutSegment::gap).hasSameSizeAs(of("video"));
    assertThat(of("video").stream().filter(CutSegment::gap)).isNotEmpty();
    assertThat(of("video").stream().filter(segment -> !segment.gap()))
        .anyMatch(segment -> segment.mediaNanos() == 14_000_000_000L);
    assertDatesFollowDurations();
  }

  /** HLS D1: of what has no sample yet there is nothing that could change. */
  @Test
  void aConfigurationThatTheFirstKeyFrameCorrectsIsNoChange() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO, AUDIO)));
    sound(0, 0.04);
    Track corrected = RandomBroadcast.smallVideo(Timescale.MILLIS);
    segmenter.accept(new MediaEvent.TracksReady(List.of(corrected, AUDIO)));
    pictures(0, 2);
    sound(0.04, 2);
    both(2, 4);
    end();

    assertThat(cut).noneMatch(CutSegment::discontinuity);
    assertThat(of("video").stream().map(CutSegment::header).distinct()).hasSize(1);
    assertThat(cut.stream().map(SegmenterTest::seconds)).containsOnly(2.0);
  }

  /** HLS D6, F1. */
  private void assertDatesFollowDurations() {
    for (String rendition : List.of("video", "audio")) {
      List<CutSegment> segments = of(rendition);
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

  private static List<Mp4Fragment> fragments(CutSegment segment) {
    return Mp4Fragment.read(
        Mp4Track.read(segment.header().orElseThrow().bytes().getBytes()),
        segment.bytes().getBytes());
  }

  @Test
  void goesOnWithoutAKeyFrameAfterAnInterruption() {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    pictures(0, 2);
    pictures(2, 3);
    segmenter.interrupt();
    segmenter.skip();
    picture(3000, false);
    pictures(3.04, 5.04);
    end();

    assertThat(segmenter.dropped()).isZero();
    assertThat(cut.stream().map(CutSegment::msn)).containsExactly(0L, 1L, 3L);
    assertThat(cut.get(2).discontinuity()).isTrue();
    assertThat(cut.get(2).independent()).isFalse();
  }

  @Test
  void goesOnAfterARestartWithTheNextNumberAndADiscontinuity() {
    Segmenter resumed = new Segmenter(rules(Optional.empty()), format(Optional.empty()), 3, 17);
    resumed.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    for (int i = 0; i < 50; i++) {
      resumed.accept(new MediaEvent.SampleReady(sample(VIDEO, 40L * i, i == 0)));
    }
    resumed.accept(new MediaEvent.Ended(EndReason.SHUTDOWN));

    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).msn()).isEqualTo(17);
    assertThat(cut.get(0).discontinuity()).isTrue();
    assertThat(resumed.targetSeconds()).isEqualTo(3);
  }

  /** Of a stream with key frames at 0 and at these seconds. */
  private int targetFor(double... keys) {
    Segmenter fresh = segmenter(Optional.empty());
    fresh.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    double last = keys[keys.length - 1];
    for (int i = 0; i * 0.04 <= last + 0.001; i++) {
      double at = i * 0.04;
      boolean sync = i == 0 || DoubleStream.of(keys).anyMatch(key -> Math.abs(at - key) < 0.001);
      fresh.accept(new MediaEvent.SampleReady(sample(VIDEO, 40L * i, sync)));
    }
    return fresh.targetSeconds();
  }

  /** Pictures in groups of so many seconds, to the end. */
  private static void groups(Segmenter segmenter, double... seconds) {
    segmenter.accept(new MediaEvent.TracksReady(List.of(VIDEO)));
    long at = 0;
    for (double group : seconds) {
      long end = at + Math.round(group * 1000);
      for (long start = at; at < end; at += 40) {
        segmenter.accept(new MediaEvent.SampleReady(sample(VIDEO, at, at == start)));
      }
    }
    segmenter.accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }

  private Segmenter segmenter(Optional<Duration> target) {
    return new Segmenter(rules(target), format(target));
  }

  private SegmentFormat format(Optional<Duration> target) {
    return new CmafFormat(rules(target), cut::add);
  }

  private static CutRules rules(Optional<Duration> target) {
    return new CutRules(Duration.ofSeconds(2), target, Duration.ofMillis(334));
  }

  /** One group of pictures at 25 frames a second. */
  private void pictures(double from, double to) {
    for (long at = Math.round(from * 1000); at < Math.round(to * 1000); at += 40) {
      picture(at, at == Math.round(from * 1000));
    }
  }

  private void picture(long dts, boolean sync) {
    segmenter.accept(new MediaEvent.SampleReady(sample(VIDEO, dts, sync)));
  }

  private void sound(double from, double to) {
    for (long at = Math.round(from * 1000); at < Math.round(to * 1000); at += 20) {
      segmenter.accept(new MediaEvent.SampleReady(sample(AUDIO, at, true)));
    }
  }

  /** A group of pictures and its sound as they come from one encoder. */
  private void both(double from, double to) {
    long start = Math.round(from * 1000);
    for (long at = start; at < Math.round(to * 1000); at += 40) {
      picture(at, at == start);
      sound(at / 1000.0, (at + 40) / 1000.0);
    }
  }

  private void end() {
    segmenter.accept(new MediaEvent.Ended(EndReason.UNPUBLISHED));
  }

  private List<CutSegment> of(String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }

  private static Sample sample(Track track, long dts, boolean sync) {
    return new Sample(track.id(), dts, 0, sync, Buffer.buffer("x"));
  }

  private static double seconds(CutSegment segment) {
    return segment.timescale().toSeconds(segment.durationTicks());
  }
}
