package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.codec.AacConfiguration;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final Timescale AUDIO = new Timescale(48_000);
  private static final TrackId VIDEO_ID = new TrackId(1);
  private static final TrackId AUDIO_ID = new TrackId(2);
  private static final TrackFormat NO_FORMAT =
      new TrackFormat.Aac(AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90})));
  private static final List<Track> TRACKS =
      List.of(
          new Track(VIDEO_ID, NO_FORMAT, Timescale.VIDEO), new Track(AUDIO_ID, NO_FORMAT, AUDIO));

  private final Timeline timeline = new Timeline(ClockMap.EMPTY, 0);

  @Test
  void theFirstSampleIsAtZeroAndAllTracksMoveTogether() {
    timeline.tracks(TRACKS);
    Sample video = sample(VIDEO_ID, 90_000L * 1000);
    timeline.startRun(video, START);

    assertThat(timeline.place(video).dts()).isZero();
    assertThat(timeline.place(sample(AUDIO_ID, 48_000L * 1001)).dts()).isEqualTo(48_000);
    assertThat(timeline.clock().wallAt(0)).isEqualTo(START);
  }

  @Test
  void aSecondRunGoesOnAtTheWallClocksDistance() {
    runOf(0, 90_000, START);

    timeline.breakRun();
    timeline.tracks(TRACKS);
    Sample again = sample(VIDEO_ID, 7);
    timeline.startRun(again, START.plusSeconds(30));

    assertThat(timeline.place(again).dts()).isEqualTo(30 * 90_000);
    assertThat(timeline.clock().wallAt(31_000_000_000L)).isEqualTo(START.plusSeconds(31));
    assertThat(timeline.clock().mediaAt(START.plusSeconds(29))).isEqualTo(29_000_000_000L);
  }

  @Test
  void aRunNeverStartsBeforeTheEndOfTheOneBefore() {
    runOf(0, 60 * 90_000, START);

    timeline.breakRun();
    timeline.tracks(TRACKS);
    Sample again = sample(VIDEO_ID, 0);
    timeline.startRun(again, START.plusSeconds(1));

    assertThat(timeline.place(again).dts()).isEqualTo(2 * 60 * 90_000);
  }

  @Test
  void aRestoredTimelineGoesOnWhereTheStoredClockSays() {
    ClockMap stored = ClockMap.EMPTY.with(START, 0);
    Timeline restored = new Timeline(stored, 10_000_000_000L);
    restored.tracks(TRACKS);
    Sample first = sample(VIDEO_ID, 500);
    restored.startRun(first, START.plusSeconds(15));

    assertThat(restored.place(first).dts()).isEqualTo(15 * 90_000);
    assertThat(restored.clock().anchors()).hasSize(2);
  }

  private void runOf(long first, long second, Instant now) {
    timeline.tracks(TRACKS);
    timeline.startRun(sample(VIDEO_ID, first), now);
    timeline.place(sample(VIDEO_ID, first));
    timeline.place(sample(VIDEO_ID, second));
  }

  private static Sample sample(TrackId track, long dts) {
    return new Sample(track, dts, 0, true, Buffer.buffer(new byte[1]));
  }
}
