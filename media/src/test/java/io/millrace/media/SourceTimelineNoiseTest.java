package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** RTMP R14: timestamps that mean nothing at all. Times are milliseconds. */
class SourceTimelineNoiseTest {
  /** A few pauses, and what one track may be ahead of the other: nothing beside the noise. */
  private static final long LONGEST_LEAP = 60_000;

  /** What is believed of an encoder, too. */
  private static final int EARLIEST_COMPOSITION = -2_000;

  /** A reader has to account for every second that a run leaps over: days would be its end. */
  @Test
  void noRunLeapsOverMoreThanAPauseAndNoPictureIsPresentedLongBeforeItsTime() {
    Seeds.forEach(300, SourceTimelineNoiseTest::noise);
  }

  /** What takes samples or counts repairs may fail; what comes later is judged as ever. */
  @Test
  void aJudgementThatFailedCountsForNoLaterOne() {
    boolean[] failing = {true};
    int[] failed = {0};
    Leaps leaps = new Leaps();
    SourceTimeline timeline =
        new SourceTimeline(
            (repair, count) -> {
              if (failing[0]) {
                throw new IllegalStateException("counts nothing");
              }
            },
            leaps);
    timeline.tracks(List.of(TwoTracks.VIDEO_TRACK));
    for (long millis = 0; millis < 60_000; millis += 40) {
      try {
        timeline.accept(picture(millis - millis / 1_000 * 500), millis * 1_000_000);
      } catch (IllegalStateException _) {
        failed[0]++;
      }
    }
    failing[0] = false;
    for (long millis = 60_000; millis < 63_000; millis += 40) {
      timeline.accept(picture(millis + 90_000_000), millis * 1_000_000);
    }

    assertThat(failed[0]).isGreaterThan(20);
    assertThat(leaps.breaks).isEqualTo(1);
  }

  private static Sample picture(long millis) {
    return new Sample(TwoTracks.VIDEO, millis, 0, true, Buffer.buffer(new byte[4]));
  }

  private static void noise(RandomGenerator random) {
    long furthest = random.nextBoolean() ? 1L << 31 : 20_000 + random.nextLong(100_000);
    int wrongOf100 = 10 + random.nextInt(91);
    int silentTrack = random.nextInt(4);
    Leaps leaps = new Leaps();
    SourceTimeline timeline = new SourceTimeline((repair, count) -> {}, leaps);
    timeline.tracks(List.of(TwoTracks.VIDEO_TRACK, TwoTracks.AUDIO_TRACK));
    int sent = 0;
    for (long millis = 0; millis < 30_000; millis += 20) {
      long told = random.nextInt(100) < wrongOf100 ? random.nextLong(furthest) : millis;
      boolean video = millis % 40 == 0;
      if (silentTrack == (video ? 1 : 2)) {
        continue;
      }
      TrackId track = video ? TwoTracks.VIDEO : TwoTracks.AUDIO;
      boolean sync = !video || millis % 2_000 == 0;
      timeline.accept(
          new Sample(track, told, video ? 80 : 0, sync, Buffer.buffer(new byte[4])),
          millis * 1_000_000);
      sent++;
    }
    timeline.flush();
    assertThat(leaps.samples).isEqualTo(sent);
    assertThat(leaps.longest).isLessThanOrEqualTo(LONGEST_LEAP);
    assertThat(leaps.earliest).isGreaterThanOrEqualTo(EARLIEST_COMPOSITION);
  }

  private static final class Leaps implements SourceTimeline.Outlet {
    private int samples;
    private int breaks;

    /** How far a run has gone in one step. */
    private long longest;

    /** The least that a picture is presented behind its decoding. */
    private int earliest;

    private long reached = Long.MIN_VALUE;

    @Override
    public void broken(long arrivedNanos) {
      breaks++;
      reached = Long.MIN_VALUE;
    }

    @Override
    public void sample(Sample sample, long arrivedNanos) {
      samples++;
      longest = reached == Long.MIN_VALUE ? longest : Math.max(longest, sample.dts() - reached);
      reached = Math.max(reached, sample.dts());
      earliest = Math.min(earliest, sample.compositionOffset());
    }
  }
}
