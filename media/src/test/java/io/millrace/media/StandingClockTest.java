package io.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher whose samples come while its timestamps stay where they are. */
class StandingClockTest {
  private final TwoTracks source = new TwoTracks();

  // RTMP R14, HLS B8: what is kept for a time is not kept for ever
  @Test
  void mediaGoesOnWithTheTimeOfArrivalWhereTimestampsStandStill() {
    source.both(0, 4_000);
    standStill(4_000, 60_000);
    assertThat(lastMillis()).isBetween(58_000L, 64_000L);
    assertThat(source.out).doesNotContain("break");
    assertThat(source.repairs).containsKey(TimestampRepair.STANDSTILL);
    assertThat(apart()).isLessThan(100);
  }

  // RTMP R14: from the first sample on, and by a tick for each
  @Test
  void timestampsThatHardlyGoOnStandStillToo() {
    for (int i = 0; i < 1_500; i++) {
      source.video(i);
      source.audio(i);
      source.nowMillis += 40;
    }
    assertThat(lastMillis()).isBetween(56_000L, 62_000L);
  }

  // RTMP R14: the bursts of a publisher that wants to be taken for one that pauses
  @Test
  void pausesBetweenBurstsDoNotHideAStandstill() {
    for (int burst = 0; burst < 60; burst++) {
      for (int i = 0; i < 25; i++) {
        source.video(1_000);
      }
      source.nowMillis += 1_000;
    }
    assertThat(lastMillis()).isGreaterThan(50_000);
    assertThat(source.samples).hasSize(60 * 25);
  }

  // RTMP R14
  @Test
  void aClockThatGoesAgainIsBelievedFromThereOn() {
    source.both(0, 4_000);
    standStill(4_000, 10_000);
    source.both(4_000, 10_000);
    int from = source.samples.size();
    source.both(10_000, 14_000);
    assertThat(source.samples.getLast().dts() - source.samples.get(from).dts()).isEqualTo(3_960);
    assertThat(apart()).isLessThan(100);
    assertThat(source.out).doesNotContain("break");
  }

  // RTMP R14: whatever the steps between samples, a clock is no clock at a tenth of its pace
  @Test
  void aClockThatIsFarTooSlowForAMinuteIsNotBelieved() {
    for (int i = 0; i < 500; i++) {
      source.video(40L * i);
      source.nowMillis += 400;
    }
    assertThat(lastMillis()).isBetween(120_000L, 200_000L);
  }

  // RTMP R14: two tracks are no faster than one
  @Test
  void twoTracksThatAreBothTooSlowForAMinuteAreNotBelieved() {
    for (int i = 0; i < 500; i++) {
      source.video(40L * i);
      source.audio(40L * i);
      source.nowMillis += 400;
    }
    assertThat(lastMillis()).isBetween(120_000L, 200_000L);
  }

  // RTMP R14: all frames of a slow line have the times that the encoder gave them
  @ParameterizedTest
  @ValueSource(ints = {40, 80, 200, 320, 400})
  void whatComesSlowlyKeepsItsTimes(int pace) {
    for (int i = 0; i < 140; i++) {
      source.video(40L * i);
      source.audio(40L * i);
      source.nowMillis += pace;
    }
    assertThat(lastMillis()).isEqualTo(40 * 139);
    assertThat(source.repairs).isEmpty();
  }

  // RTMP R14: one track is far behind and comes alone when the other has stopped
  @Test
  void soundThatCatchesUpWithPicturesThatHaveStoppedKeepsItsTimes() {
    source.behind(4_500, 20_000, 4_500);
    for (long t = 15_500; t < 22_000; t += 40) {
      source.audio(t);
      source.nowMillis += 40;
    }
    assertThat(source.repairs).doesNotContainKey(TimestampRepair.STANDSTILL);
    assertThat(lastMillis()).isEqualTo(21_980);
  }

  // RTMP R14: nothing is known of the clock of one who sends nothing
  @Test
  void aPublisherThatStoodStillForLongGoesOn() {
    source.both(0, 4_000);
    source.nowMillis += 60_000;
    source.both(4_000, 8_000);
    assertThat(lastMillis()).isEqualTo(7_960);
    assertThat(source.repairs).isEmpty();
  }

  private void standStill(long atMillis, long forMillis) {
    for (long t = 0; t < forMillis; t += 40) {
      source.video(atMillis);
      source.audio(atMillis);
      source.nowMillis += 40;
    }
  }

  private long lastMillis() {
    return source.samples.getLast().dts();
  }

  /** How far the tracks are apart at last, in milliseconds. */
  private long apart() {
    Sample last = source.samples.getLast();
    return source.samples.reversed().stream()
        .filter(sample -> !sample.track().equals(last.track()))
        .mapToLong(sample -> Math.abs(sample.dts() - last.dts()))
        .findFirst()
        .orElseThrow();
  }
}
