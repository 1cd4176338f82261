package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The clocks of two tracks beside each other. */
class TrackClocksTest {
  private final TwoTracks source = new TwoTracks();

  // RTMP R14
  @Test
  void oneTrackThatJumpsAloneIsPutBackBesideTheOther() {
    source.both(0, 4_000);
    source.out.clear();
    for (int t = 4_000; t <= 6_000; t += 40) {
      source.video(t);
      source.audio(t + 70_000);
    }
    assertThat(source.out).doesNotContain("break").contains("v5000", "a5000", "v6000", "a6000");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.TRACK_JUMP, 1));
  }

  // RTMP R14
  @Test
  void aTrackThatJumpsMuchLaterThanTheOtherFollowsIt() {
    source.both(0, 4_000);
    source.out.clear();
    for (int t = 4_000; t <= 5_200; t += 40) {
      source.video(t + 70_000);
      source.audio(t);
    }
    for (int t = 5_240; t <= 6_000; t += 40) {
      source.video(t + 70_000);
      source.audio(t + 70_000);
    }
    assertThat(source.out).doesNotContain("break").endsWith("v6000", "a6000");
  }

  @Test
  void aTimeJustAheadOfTheOthersDoesNotMoveItsTrackForGood() {
    source.both(0, 4_000);
    source.video(5_500);
    for (int t = 4_000; t <= 8_000; t += 40) {
      source.audio(t);
      source.video(t + 40);
    }
    assertThat(source.out).endsWith("a8000", "v8040").doesNotContain("break");
  }

  // RTMP R14
  @Test
  void firstTimestampsMayBeAnythingAndTracksOfDifferentClocksBeginTogether() {
    source.video(1_700_000_000_000L);
    source.audio(5_000);
    source.audio(5_023);
    source.video(1_700_000_000_040L);
    assertThat(source.out)
        .containsExactly("v1700000000000", "a1700000000000", "a1700000000023", "v1700000000040");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.TRACK_START, 1));
  }

  // RTMP R14, R28
  @Test
  void tracksOfOneClockMayBeginSecondsApart() {
    source.video(5_000);
    source.audio(3_200);
    source.audio(8_000);
    assertThat(source.out).containsExactly("v5000", "a3200", "a8000");
    assertThat(source.repairs).isEmpty();
  }

  // RTMP R14, R28
  @Test
  void tracksThatBeginMoreThanFiveSecondsApartAreNotOfOneClock() {
    source.video(5_001);
    source.audio(0);
    assertThat(source.out).containsExactly("v5001", "a5001");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.TRACK_START, 1));
  }

  // RTMP R14
  @Test
  void aTrackWhoseClockStoodStillIsPutBackBesideTheOther() {
    source.both(0, 4_000);
    source.alone(4_000, 16_000);
    source.behind(16_000, 18_960, 12_000);
    assertThat(source.out).endsWith("v18920", "a6920");
    assertThat(source.repairs).isEmpty();
    source.behind(18_960, 24_000, 12_000);
    assertThat(source.out).contains("v19000", "a19000").endsWith("v23960", "a23960");
    assertThat(source.out).doesNotContain("break");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.TRACK_JUMP, 1));
  }

  // RTMP R14
  @Test
  void pausesOfOneClockAddUpToEightSecondsAtMost() {
    source.both(0, 4_000);
    source.alone(4_000, 7_000);
    source.behind(7_000, 12_000, 3_000);
    source.alone(12_000, 15_000);
    source.behind(15_000, 20_000, 6_000);
    assertThat(source.out).endsWith("v19960", "a13960");
    assertThat(source.repairs).isEmpty();
    source.alone(20_000, 23_000);
    source.behind(23_000, 28_000, 9_000);
    assertThat(source.out).endsWith("v27960", "a27960").doesNotContain("break");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.TRACK_JUMP, 1));
  }

  @Test
  void whatHasBeenHeldUpCatchesUpWithTheTimesThatItHas() {
    source.both(0, 4_000);
    source.alone(4_000, 24_000);
    for (int t = 4_000; t < 44_000; t += 40) {
      source.audio(t);
      if (t % 80 == 0) {
        source.video(24_000 + (t - 4_000) / 2);
        source.nowMillis += 40;
      }
    }
    assertThat(source.out).contains("a4000", "a20000").endsWith("a43920", "v43960", "a43960");
    assertThat(source.repairs).isEmpty();
  }

  @Test
  void aFileThatIsInterleavedBadlyKeepsItsTimes() {
    for (int t = 0; t < 60_000; t += 40) {
      source.video(t);
      if (t == 0 || t > 9_000) {
        source.audio(Math.max(0, t - 9_000));
      }
      source.nowMillis += 4;
    }
    assertThat(source.out).endsWith("v59960", "a50960");
    assertThat(source.repairs).isEmpty();
  }

  // RTMP R28
  @Test
  void aTrackThatStopsAndComesBackKeepsItsPlaceEvenWithAClockThatBeganAnew() {
    source.both(0, 4_000);
    for (int t = 4_000; t < 24_000; t += 40) {
      source.video(t);
    }
    source.audio(24_000);
    assertThat(source.out.getLast()).isEqualTo("a24000");
    for (int t = 24_000; t < 34_000; t += 40) {
      source.video(t);
    }
    for (int t = 34_000; t <= 36_000; t += 40) {
      source.video(t);
      source.audio(t - 34_000);
    }
    // It came back within a frame of where the picture was.
    assertThat(source.out.subList(source.out.size() - 2, source.out.size()))
        .containsExactly("v36000", "a36040");
    assertThat(source.out.contains("break")).isFalse();
  }

  @Test
  void aTrackWhoseTimescaleChangesGoesOn() {
    source.both(0, 4_000);
    source.out.clear();
    source.timeline.tracks(
        List.of(
            TwoTracks.VIDEO_TRACK,
            new Track(TwoTracks.AUDIO, TwoTracks.AUDIO_TRACK.format(), new Timescale(48_000))));
    source.audio(4_000L * 48);
    assertThat(source.out).containsExactly("a192000");
    assertThat(source.repairs).isEmpty();
  }
}
