package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcPicture;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.PictureFormat;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Times are milliseconds on a timescale of 1000, so that they read as what they are. */
class SourceTimelineTest {
  private static final TrackId VIDEO = new TrackId(1);
  private static final TrackId AUDIO = new TrackId(2);
  private static final AvcConfiguration NO_CONFIGURATION =
      new AvcConfiguration(
          Buffer.buffer(),
          4,
          List.of(),
          List.of(),
          new AvcPicture(
              100,
              0,
              31,
              new PictureFormat(1280, 720, 1, 8, ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 0)));
  private static final Track VIDEO_TRACK =
      new Track(VIDEO, new TrackFormat.H264(NO_CONFIGURATION), Timescale.MILLIS);
  private static final Track AUDIO_TRACK =
      new Track(
          AUDIO,
          new TrackFormat.Aac(
              AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90}))),
          Timescale.MILLIS);

  private final List<String> out = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final Map<TimestampRepair, Integer> repairs = new EnumMap<>(TimestampRepair.class);
  private long nowMillis;
  private final SourceTimeline timeline =
      new SourceTimeline(
          (repair, count) -> repairs.merge(repair, count, Integer::sum),
          new SourceTimeline.Outlet() {
            @Override
            public void broken(long arrivedNanos) {
              out.add("break");
            }

            @Override
            public void sample(Sample sample, long arrivedNanos) {
              out.add((sample.track().equals(VIDEO) ? "v" : "a") + sample.dts());
              samples.add(sample);
            }
          });

  @BeforeEach
  void bothTracks() {
    timeline.tracks(List.of(VIDEO_TRACK, AUDIO_TRACK));
  }

  // RTMP R14
  @Test
  void aJumpOfBothTracksIsOneDiscontinuityWithEverySampleOnItsSide() {
    both(0, 4_000);
    out.clear();
    video(900_000);
    audio(4_010);
    video(900_040);
    assertThat(out).isEmpty();
    audio(900_010);
    assertThat(out).containsExactly("a4010", "break", "v900000", "v900040", "a900010");
    assertThat(repairs).isEmpty();
  }

  // RTMP R14
  @Test
  void aStepBackOfBothTracksIsOneDiscontinuity() {
    both(500_000, 504_000);
    out.clear();
    audio(12);
    video(0);
    video(40);
    audio(33);
    audio(54);
    video(80);
    assertThat(out).containsExactly("break", "a12", "v0", "v40", "a33", "a54", "v80");
  }

  // RTMP R14
  @Test
  void aSmallStepBackOfBothTracksIsTakenOut() {
    both(0, 4_000);
    out.clear();
    video(3_500);
    audio(3_510);
    video(3_540);
    assertThat(out).containsExactly("v4000", "a4010", "v4040");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.STEP_BACK, 1));
  }

  // RTMP R14
  @Test
  void oneTrackThatJumpsAloneIsPutBackBesideTheOther() {
    both(0, 4_000);
    out.clear();
    for (int t = 4_000; t <= 6_000; t += 40) {
      video(t);
      audio(t + 70_000);
    }
    assertThat(out).doesNotContain("break").contains("v5000", "a5000", "v6000", "a6000");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.TRACK_JUMP, 1));
  }

  // RTMP R14
  @Test
  void aTrackThatJumpsMuchLaterThanTheOtherFollowsIt() {
    both(0, 4_000);
    out.clear();
    for (int t = 4_000; t <= 5_200; t += 40) {
      video(t + 70_000);
      audio(t);
    }
    for (int t = 5_240; t <= 6_000; t += 40) {
      video(t + 70_000);
      audio(t + 70_000);
    }
    assertThat(out).doesNotContain("break").endsWith("v6000", "a6000");
  }

  @Test
  void samplesWithATimeOfTheirOwnAreSpreadBetweenGoodOnes() {
    both(0, 4_000);
    out.clear();
    video(77_000);
    video(78_000);
    audio(4_000);
    video(4_080);
    assertThat(out).containsExactly("v4000", "v4040", "a4000", "v4080");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.OUTLIER, 2));
  }

  @Test
  void aTimeJustAheadOfTheOthersDoesNotMoveItsTrackForGood() {
    both(0, 4_000);
    video(5_500);
    for (int t = 4_000; t <= 8_000; t += 40) {
      audio(t);
      video(t + 40);
    }
    assertThat(out).endsWith("a8000", "v8040").doesNotContain("break");
  }

  // RTMP R14
  @Test
  void timesThatRepeatOrStepBackALittleRiseAndPicturesKeepTheirPresentation() {
    timeline.tracks(List.of(VIDEO_TRACK));
    timeline.accept(picture(100, 0), 0);
    timeline.accept(picture(100, 40), 0);
    timeline.accept(picture(90, 80), 0);
    assertThat(samples).extracting(Sample::dts).containsExactly(100L, 101L, 102L);
    assertThat(samples).extracting(Sample::pts).containsExactly(100L, 140L, 170L);
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.ORDER, 2));
  }

  // RTMP R27
  @Test
  void compositionTimesBeyondReasonAreThoseOfThePictureBefore() {
    timeline.tracks(List.of(VIDEO_TRACK));
    timeline.accept(picture(0, 80), 0);
    timeline.accept(picture(40, -8_388_608), 0);
    timeline.accept(picture(80, 8_388_607), 0);
    timeline.accept(picture(120, -40), 0);
    assertThat(samples).extracting(Sample::compositionOffset).containsExactly(80, 80, 80, -40);
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.COMPOSITION, 2));
  }

  // RTMP R14
  @Test
  void firstTimestampsMayBeAnythingAndTracksOfDifferentClocksBeginTogether() {
    video(1_700_000_000_000L);
    audio(5_000);
    audio(5_023);
    video(1_700_000_000_040L);
    assertThat(out)
        .containsExactly("v1700000000000", "a1700000000000", "a1700000000023", "v1700000000040");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.TRACK_START, 1));
  }

  // RTMP R14, R28
  @Test
  void tracksOfOneClockMayBeginSecondsApart() {
    video(5_000);
    audio(3_200);
    audio(8_000);
    assertThat(out).containsExactly("v5000", "a3200", "a8000");
    assertThat(repairs).isEmpty();
  }

  // RTMP R14, R28
  @Test
  void tracksThatBeginMoreThanFiveSecondsApartAreNotOfOneClock() {
    video(5_001);
    audio(0);
    assertThat(out).containsExactly("v5001", "a5001");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.TRACK_START, 1));
  }

  // RTMP R14
  @Test
  void aTrackWhoseClockStoodStillIsPutBackBesideTheOther() {
    both(0, 4_000);
    alone(4_000, 16_000);
    behind(16_000, 18_960, 12_000);
    assertThat(out).endsWith("v18920", "a6920");
    assertThat(repairs).isEmpty();
    behind(18_960, 24_000, 12_000);
    assertThat(out).contains("v19000", "a19000").endsWith("v23960", "a23960");
    assertThat(out).doesNotContain("break");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.TRACK_JUMP, 1));
  }

  // RTMP R14
  @Test
  void pausesOfOneClockAddUpToEightSecondsAtMost() {
    both(0, 4_000);
    alone(4_000, 7_000);
    behind(7_000, 12_000, 3_000);
    alone(12_000, 15_000);
    behind(15_000, 20_000, 6_000);
    assertThat(out).endsWith("v19960", "a13960");
    assertThat(repairs).isEmpty();
    alone(20_000, 23_000);
    behind(23_000, 28_000, 9_000);
    assertThat(out).endsWith("v27960", "a27960").doesNotContain("break");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.TRACK_JUMP, 1));
  }

  @Test
  void whatHasBeenHeldUpCatchesUpWithTheTimesThatItHas() {
    both(0, 4_000);
    alone(4_000, 24_000);
    for (int t = 4_000; t < 44_000; t += 40) {
      audio(t);
      if (t % 80 == 0) {
        video(24_000 + (t - 4_000) / 2);
        nowMillis += 40;
      }
    }
    assertThat(out).contains("a4000", "a20000").endsWith("a43920", "v43960", "a43960");
    assertThat(repairs).isEmpty();
  }

  @Test
  void aFileThatIsInterleavedBadlyKeepsItsTimes() {
    for (int t = 0; t < 60_000; t += 40) {
      video(t);
      if (t == 0 || t > 9_000) {
        audio(Math.max(0, t - 9_000));
      }
      nowMillis += 4;
    }
    assertThat(out).endsWith("v59960", "a50960");
    assertThat(repairs).isEmpty();
  }

  // RTMP R28
  @Test
  void aTrackThatStopsAndComesBackKeepsItsPlaceEvenWithAClockThatBeganAnew() {
    both(0, 4_000);
    for (int t = 4_000; t < 24_000; t += 40) {
      video(t);
    }
    audio(24_000);
    assertThat(out.getLast()).isEqualTo("a24000");
    for (int t = 24_000; t < 34_000; t += 40) {
      video(t);
    }
    for (int t = 34_000; t <= 36_000; t += 40) {
      video(t);
      audio(t - 34_000);
    }
    // It came back within a frame of where the picture was.
    assertThat(out.subList(out.size() - 2, out.size())).containsExactly("v36000", "a36040");
    assertThat(out.contains("break")).isFalse();
  }

  // RTMP R14
  @Test
  void aStepAheadThatTookItsTimeIsAPauseAndALongOneABreak() {
    both(0, 6_000);
    nowMillis += 5_000;
    out.clear();
    both(11_000, 11_080);
    assertThat(out).startsWith("v11000", "a11000");
    nowMillis += 20_000;
    out.clear();
    both(31_080, 31_200);
    assertThat(out).startsWith("break", "v31080");
  }

  // RTMP R14
  @Test
  void aStepAheadThatTookNoTimeIsABreakWhereMediaComesAtTheClocksPace() {
    both(0, 6_000);
    out.clear();
    both(11_000, 11_200);
    assertThat(out).startsWith("break", "v11000", "a11000", "v11040");
  }

  @Test
  void aFileThatIsSentAsFastAsItGoesMayHavePauses() {
    for (int t = 0; t < 60_000; t += 40) {
      timeline.accept(sample(VIDEO, t), nowMillis * 1_000_000);
      timeline.accept(sample(AUDIO, t), nowMillis * 1_000_000);
    }
    timeline.accept(sample(VIDEO, 68_000), nowMillis * 1_000_000);
    timeline.accept(sample(AUDIO, 68_000), nowMillis * 1_000_000);
    assertThat(out).endsWith("v68000", "a68000").doesNotContain("break");
  }

  @Test
  void whatWaitsIsNotKeptWhenNothingMoreComes() {
    both(0, 4_000);
    out.clear();
    video(900_000);
    timeline.tick((nowMillis + 900) * 1_000_000);
    assertThat(out).isEmpty();
    timeline.tick((nowMillis + 1_100) * 1_000_000);
    assertThat(out).containsExactly("break", "v900000");
    video(900_040);
    video(901_080);
    video(10);
    timeline.flush();
    assertThat(out).endsWith("break", "v10");
  }

  // RTMP R14
  @Test
  void aJumpLessThanASecondAfterABreakIsTakenOut() {
    both(0, 4_000);
    video(900_000);
    audio(900_010);
    video(900_040);
    audio(900_031);
    out.clear();
    video(50);
    audio(60);
    video(90);
    audio(81);
    assertThat(out).containsExactly("v900080", "a900090", "v900120", "a900111");
    assertThat(repairs).containsExactly(Map.entry(TimestampRepair.STEP_BACK, 1));
  }

  @Test
  void aTrackWhoseTimescaleChangesGoesOn() {
    both(0, 4_000);
    out.clear();
    timeline.tracks(
        List.of(VIDEO_TRACK, new Track(AUDIO, AUDIO_TRACK.format(), new Timescale(48_000))));
    audio(4_000L * 48);
    assertThat(out).containsExactly("a192000");
    assertThat(repairs).isEmpty();
  }

  private void both(long fromMillis, long toMillis) {
    for (long t = fromMillis; t < toMillis; t += 40) {
      video(t);
      audio(t);
      nowMillis += 40;
    }
  }

  /** The sound says nothing for a while. */
  private void alone(long fromMillis, long toMillis) {
    for (long t = fromMillis; t < toMillis; t += 40) {
      video(t);
      nowMillis += 40;
    }
  }

  private void behind(long fromMillis, long toMillis, long lag) {
    for (long t = fromMillis; t < toMillis; t += 40) {
      video(t);
      audio(t - lag);
      nowMillis += 40;
    }
  }

  private void video(long millis) {
    timeline.accept(sample(VIDEO, millis), nowMillis * 1_000_000);
  }

  private void audio(long millis) {
    timeline.accept(sample(AUDIO, millis), nowMillis * 1_000_000);
  }

  private static Sample sample(TrackId track, long millis) {
    return new Sample(track, millis, 0, true, Buffer.buffer());
  }

  private static Sample picture(long millis, int composition) {
    return new Sample(VIDEO, millis, composition, false, Buffer.buffer());
  }
}
