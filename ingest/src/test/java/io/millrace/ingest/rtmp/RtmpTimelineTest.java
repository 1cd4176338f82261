package io.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RtmpTimelineTest {
  private static final long WRAP = 1L << 32;

  private final RtmpTimeline timeline = new RtmpTimeline();

  // RTMP R13
  @Test
  void goesOnWhenThirtyTwoBitsWrap() {
    long start = timeline.video(WRAP - 100);
    assertThat(timeline.video(WRAP - 60) - start).isEqualTo(40);
    assertThat(timeline.audio(WRAP - 50) - start).isEqualTo(50);
    assertThat(timeline.video(20) - start).isEqualTo(120);
    assertThat(timeline.audio(10) - start).isEqualTo(110);
    assertThat(timeline.steps()).isZero();
  }

  // RTMP R14
  @Test
  void takesOutAStepOfTheEncodersClockForBothTracksAlike() {
    timeline.video(1_000_000);
    timeline.audio(1_000_010);
    long video = timeline.video(1_000_040);
    assertThat(timeline.video(80)).isEqualTo(video);
    assertThat(timeline.audio(1_000_050)).isEqualTo(video + 10);
    assertThat(timeline.audio(90)).isEqualTo(video + 10);
    assertThat(timeline.video(120)).isEqualTo(video + 40);
    assertThat(timeline.steps()).isEqualTo(1);
  }

  // RTMP R14
  @Test
  void keepsGapsAndSmallStepsBack() {
    assertThat(timeline.video(0)).isZero();
    assertThat(timeline.video(20_000)).isEqualTo(20_000);
    assertThat(timeline.video(19_500)).isEqualTo(19_500);
    assertThat(timeline.steps()).isZero();
  }

  // RTMP R14
  @Test
  void keepsTheDistanceOfTracksThatStartApart() {
    assertThat(timeline.video(5_000)).isEqualTo(5_000);
    assertThat(timeline.audio(3_200)).isEqualTo(3_200);
  }

  // RTMP R14
  @Test
  void bringsTracksOfDifferentClocksTogether() {
    assertThat(timeline.video(5_000)).isEqualTo(5_000);
    assertThat(timeline.audio(900_000_000)).isEqualTo(5_000);
    assertThat(timeline.audio(900_000_023)).isEqualTo(5_023);
    assertThat(timeline.video(5_040)).isEqualTo(5_040);
    assertThat(timeline.steps()).isZero();
  }

  // RTMP R14
  @Test
  void doesNotPutASecondTrackFarBeforeTheFirst() {
    assertThat(timeline.video(50_000)).isEqualTo(50_000);
    assertThat(timeline.audio(20_000)).isEqualTo(50_000);
    assertThat(timeline.audio(20_023)).isEqualTo(50_023);
    assertThat(timeline.video(50_040)).isEqualTo(50_040);
    assertThat(timeline.steps()).isZero();
  }
}
