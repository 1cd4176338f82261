package io.millrace.packager.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.EndReason;
import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.validator.mp4.Mp4Fragment;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rungs beside a source of 25 pictures a second in groups of two seconds; times in seconds. */
class RungSegmenterTest {
  private static final Track SOURCE = RandomBroadcast.video(Timescale.VIDEO);
  private static final Track PICTURES = RandomBroadcast.smallVideo(Timescale.VIDEO);
  private static final Track SOUND = RandomBroadcast.audio(new Timescale(48_000), 48_000);
  private static final String RUNG = "video-240p";
  private static final String AAC = "audio-aac";
  private static final long PICTURE = 3600;
  private static final long FRAME = 1024;

  private final List<CutSegment> source = new ArrayList<>();
  private final List<CutSegment> made = new ArrayList<>();
  private final RungSegmenter rungs;
  private final Segmenter segmenter;
  private long firstMsn;

  RungSegmenterTest() {
    CutRules rules = new CutRules(Duration.ofSeconds(2), Optional.empty(), Duration.ofMillis(334));
    Segmenter[] of = new Segmenter[1];
    rungs =
        new RungSegmenter(
            new CmafFormat(rules, made::add),
            new RungSegmenter.Lines() {
              @Override
              public long firstMsn(String line) {
                return firstMsn;
              }

              @Override
              public void describe(String line, Track track, long msn) {}
            },
            () -> of[0].targetSeconds());
    of[0] = new Segmenter(rules, new LeaderTap(new CmafFormat(rules, source::add), List.of(rungs)));
    segmenter = of[0];
    segmenter.accept(new MediaEvent.TracksReady(List.of(SOURCE)), at(0));
  }

  // HLS D1, D6: sound is cut at its frames, and what is listed has neither holes nor overlaps.
  @Test
  void soundIsCutAtTheFrameNextToTheSourcesCut() {
    source(0, 10);
    announce(AAC, SOUND, 0);
    sound(0.005, 10);

    assertThat(made).hasSize(4);
    long end = Math.round(0.005 * 48_000);
    for (int i = 0; i < made.size(); i++) {
      CutSegment segment = made.get(i);
      List<Mp4Fragment> fragments = CutSegments.fragments(segment);
      assertThat(fragments.getFirst().baseDecodeTime() - 10 * 48_000).isEqualTo(end);
      end += fragments.stream().mapToLong(Mp4Fragment::duration).sum();
      assertThat(segment.durationTicks()).isEqualTo(segment.frames() * FRAME);
      assertThat(Math.abs(segment.mediaNanos() - source.get(i).mediaNanos()))
          .isLessThan(11_000_000L);
      assertThat(segment.msn()).isEqualTo(i);
    }
  }

  // HLS B9
  @Test
  void aSegmentWhoseEndIsMissingKeepsItsLastPictureAndGapsFollow() {
    announce(RUNG, PICTURES, 0);
    source(0, 3);
    pictures(0, 2.6);
    source(3, 16);

    assertThat(made.subList(0, 2)).noneMatch(CutSegment::gap);
    assertThat(made.get(1).frames()).isEqualTo(15);
    assertThat(CutSegments.seconds(made.get(1))).isEqualTo(2);
    long sum = CutSegments.fragments(made.get(1)).stream().mapToLong(Mp4Fragment::duration).sum();
    assertThat(sum).isEqualTo(2 * 90_000);
    assertThat(made.subList(2, made.size())).allMatch(CutSegment::gap);
    // Nothing is waited for by now: it is as far as the source is.
    assertThat(made).hasSameSizeAs(source);
  }

  @Test
  void whatComesAgainInsideASegmentStartsWithTheNextOne() {
    announce(RUNG, PICTURES, 0);
    source(0, 2.2);
    pictures(0, 2.2);
    source(2.2, 9);
    rungs.accept(RUNG, new MediaEvent.Discontinuity(0), at(9));
    picture(8.4, true, at(9));
    pictures(8.44, 9);
    for (int second = 9; second < 13; second++) {
      source(second, second + 1);
      pictures(second, second + 1);
    }

    assertThat(made.stream().map(CutSegment::gap).toList())
        .isEqualTo(List.of(false, false, true, true, true, false));
    assertThat(made.getLast().independent()).isTrue();
    assertThat(made.getLast().frames()).isEqualTo(50);
  }

  /**
   * A transcoder starts slower than its source; its rung starts with the broadcast all the same.
   */
  @Test
  void aRungThatComesLaterThanTheFirstCutsStartsWithTheFirstSegment() {
    source(0, 5);
    announce(RUNG, PICTURES, 5);
    pictures(0, 5);

    assertThat(made.stream().map(CutSegment::msn).toList()).isEqualTo(List.of(0L, 1L));
    assertThat(made).noneMatch(CutSegment::gap);
  }

  /** Behind a restart what the line has not got is listed already, as gaps. */
  @Test
  void aRungThatHasSegmentsAlreadyGoesOnWhereItsListEnds() {
    firstMsn = 2;
    source(0, 5);
    announce(RUNG, PICTURES, 5);
    pictures(0, 5);
    source(5, 7);
    pictures(5, 7);

    assertThat(made.stream().map(CutSegment::msn).toList()).isEqualTo(List.of(2L));
    assertThat(made.getFirst().frames()).isEqualTo(50);
  }

  @Test
  void aRungThatIsNotMadeAnyMoreListsGapsWithTheSource() {
    announce(RUNG, PICTURES, 0);
    source(0, 4.2);
    pictures(0, 4.2);
    rungs.accept(RUNG, new MediaEvent.TracksReady(List.of()), at(4.2));
    source(4.2, 8.2);

    assertThat(made.stream().map(CutSegment::gap).toList())
        .isEqualTo(List.of(false, false, false, true));
    assertThat(made).hasSameSizeAs(source);
  }

  @Test
  void itIsOverWhenTheRungHasEndedAndEverythingIsListed() {
    announce(RUNG, PICTURES, 0);
    source(0, 5);
    pictures(0, 4.6);
    segmenter.accept(new MediaEvent.Ended(EndReason.UNPUBLISHED), at(5));
    rungs.advance(at(5));
    assertThat(rungs.isOver()).isFalse();
    pictures(4.6, 5);
    rungs.accept(RUNG, new MediaEvent.Ended(EndReason.UNPUBLISHED), at(5.3));

    assertThat(rungs.isOver()).isTrue();
    assertThat(made).hasSize(3);
    assertThat(made.getLast().frames()).isEqualTo(25);
    assertThat(rungs.dropped()).isZero();
  }

  private void announce(String line, Track track, double seconds) {
    rungs.accept(line, new MediaEvent.TracksReady(List.of(track)), at(seconds));
  }

  /** The source's pictures, when they are due. */
  private void source(double from, double to) {
    for (long dts = ticks(from); dts < ticks(to); dts += PICTURE) {
      Instant now = at(dts / 90_000.0);
      segmenter.accept(
          new MediaEvent.SampleReady(
              new Sample(SOURCE.id(), dts, 0, dts % 180_000 == 0, Buffer.buffer("x"))),
          now);
      rungs.advance(now);
    }
  }

  /** Those of the rung, when they are due. */
  private void pictures(double from, double to) {
    for (long dts = ticks(from); dts < ticks(to); dts += PICTURE) {
      picture(dts / 90_000.0, dts % 180_000 == 0, at(dts / 90_000.0));
    }
  }

  private void picture(double seconds, boolean sync, Instant now) {
    rungs.accept(
        RUNG,
        new MediaEvent.SampleReady(
            new Sample(PICTURES.id(), ticks(seconds), 0, sync, Buffer.buffer("x"))),
        now);
  }

  private void sound(double from, double to) {
    for (long dts = Math.round(from * 48_000); dts < to * 48_000; dts += FRAME) {
      rungs.accept(
          AAC,
          new MediaEvent.SampleReady(new Sample(SOUND.id(), dts, 0, true, Buffer.buffer("x"))),
          at(dts / 48_000.0));
    }
  }

  private static long ticks(double seconds) {
    return Math.round(seconds * 25) * PICTURE;
  }

  private static Instant at(double seconds) {
    return Instant.ofEpochMilli(Math.round(seconds * 1000));
  }
}
