package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks a timeline, and what is put right in it. */
class SourceTimelineTest {
  private final TwoTracks source = new TwoTracks();

  // RTMP R14
  @Test
  void aJumpOfBothTracksIsOneDiscontinuityWithEverySampleOnItsSide() {
    source.both(0, 4_000);
    source.out.clear();
    source.video(900_000);
    source.audio(4_010);
    source.video(900_040);
    assertThat(source.out).isEmpty();
    source.audio(900_010);
    assertThat(source.out).containsExactly("a4010", "break", "v900000", "v900040", "a900010");
    assertThat(source.repairs).isEmpty();
  }

  // RTMP R14
  @Test
  void aStepBackOfBothTracksIsOneDiscontinuity() {
    source.both(500_000, 504_000);
    source.out.clear();
    source.audio(12);
    source.video(0);
    source.video(40);
    source.audio(33);
    source.audio(54);
    source.video(80);
    assertThat(source.out).containsExactly("break", "a12", "v0", "v40", "a33", "a54", "v80");
  }

  // RTMP R14
  @ParameterizedTest
  @ValueSource(longs = {900_000, 16_000, 0})
  void aJumpInsideAGroupOfPicturesIsTakenOutAndNoPictureIsLost(long to) {
    source.both(2_000, 6_000);
    source.out.clear();
    source.audio(to);
    source.laterVideo(to + 10);
    source.audio(to + 40);
    source.laterVideo(to + 50);
    source.audio(to + 80);
    source.video(to + 90);
    assertThat(source.out).containsExactly("a6000", "v6010", "a6040", "v6050", "a6080", "v6090");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.JUMP, 1));
  }

  /** An encoder that was away for long begins anew, whatever its first picture is. */
  @Test
  void aJumpInsideAGroupBehindAPauseIsABreak() {
    source.both(2_000, 6_000);
    source.nowMillis += 3_000;
    source.out.clear();
    source.laterVideo(900_000);
    source.audio(900_010);
    source.laterVideo(900_040);
    source.audio(900_050);
    assertThat(source.out).startsWith("break", "v900000");
    assertThat(source.repairs).isEmpty();
  }

  // RTMP R14
  @Test
  void aSmallStepBackOfBothTracksIsTakenOut() {
    source.both(0, 4_000);
    source.out.clear();
    source.video(3_500);
    source.audio(3_510);
    source.video(3_540);
    assertThat(source.out).containsExactly("v4000", "a4010", "v4040");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.STEP_BACK, 1));
  }

  @Test
  void samplesWithATimeOfTheirOwnAreSpreadBetweenGoodOnes() {
    source.both(0, 4_000);
    source.out.clear();
    source.video(77_000);
    source.video(78_000);
    source.audio(4_000);
    source.video(4_080);
    assertThat(source.out).containsExactly("v4000", "v4040", "a4000", "v4080");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.OUTLIER, 2));
  }

  // RTMP R14
  @Test
  void timesThatRepeatOrStepBackALittleRiseAndPicturesKeepTheirPresentation() {
    source.timeline.tracks(List.of(TwoTracks.VIDEO_TRACK));
    source.timeline.accept(source.picture(100, 0), 0);
    source.timeline.accept(source.picture(100, 40), 0);
    source.timeline.accept(source.picture(90, 80), 0);
    assertThat(source.samples).extracting(Sample::dts).containsExactly(100L, 101L, 102L);
    assertThat(source.samples).extracting(Sample::pts).containsExactly(100L, 140L, 170L);
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.ORDER, 2));
  }

  // RTMP R27
  @Test
  void compositionTimesBeyondReasonAreThoseOfThePictureBefore() {
    source.timeline.tracks(List.of(TwoTracks.VIDEO_TRACK));
    source.timeline.accept(source.picture(0, 80), 0);
    source.timeline.accept(source.picture(40, -8_388_608), 0);
    source.timeline.accept(source.picture(80, 8_388_607), 0);
    source.timeline.accept(source.picture(120, -40), 0);
    assertThat(source.samples)
        .extracting(Sample::compositionOffset)
        .containsExactly(80, 80, 80, -40);
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.COMPOSITION, 2));
  }

  // RTMP R14
  @Test
  void aStepAheadThatTookItsTimeIsAPauseAndALongOneABreak() {
    source.both(0, 6_000);
    source.nowMillis += 5_000;
    source.out.clear();
    source.both(11_000, 11_080);
    assertThat(source.out).startsWith("v11000", "a11000");
    source.nowMillis += 20_000;
    source.out.clear();
    source.both(31_080, 31_200);
    assertThat(source.out).startsWith("break", "v31080");
  }

  // RTMP R14
  @Test
  void aStepAheadThatTookNoTimeIsABreakWhereMediaComesAtTheClocksPace() {
    source.both(0, 6_000);
    source.out.clear();
    source.both(11_000, 11_200);
    assertThat(source.out).startsWith("break", "v11000", "a11000", "v11040");
  }

  @Test
  void aFileThatIsSentAsFastAsItGoesMayHavePauses() {
    for (int t = 0; t < 60_000; t += 40) {
      source.timeline.accept(source.sample(TwoTracks.VIDEO, t), source.nowMillis * 1_000_000);
      source.timeline.accept(source.sample(TwoTracks.AUDIO, t), source.nowMillis * 1_000_000);
    }
    source.timeline.accept(source.sample(TwoTracks.VIDEO, 68_000), source.nowMillis * 1_000_000);
    source.timeline.accept(source.sample(TwoTracks.AUDIO, 68_000), source.nowMillis * 1_000_000);
    assertThat(source.out).endsWith("v68000", "a68000").doesNotContain("break");
  }

  @Test
  void whatWaitsIsNotKeptWhenNothingMoreComes() {
    source.both(0, 4_000);
    source.out.clear();
    source.video(900_000);
    source.timeline.tick((source.nowMillis + 900) * 1_000_000);
    assertThat(source.out).isEmpty();
    source.timeline.tick((source.nowMillis + 1_100) * 1_000_000);
    assertThat(source.out).containsExactly("break", "v900000");
    source.video(900_040);
    source.video(901_080);
    source.video(10);
    source.timeline.flush();
    assertThat(source.out).endsWith("break", "v10");
  }

  // RTMP R14
  @Test
  void aJumpLessThanASecondAfterABreakIsTakenOut() {
    source.both(0, 4_000);
    source.video(900_000);
    source.audio(900_010);
    source.video(900_040);
    source.audio(900_031);
    source.out.clear();
    source.video(50);
    source.audio(60);
    source.video(90);
    source.audio(81);
    assertThat(source.out).containsExactly("v900080", "a900090", "v900120", "a900111");
    assertThat(source.repairs).containsExactly(Map.entry(TimestampRepair.STEP_BACK, 1));
  }
}
