package io.millrace.media.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.HealthFinding.Severity;
import io.millrace.media.StreamHealth;
import io.millrace.media.TimestampRepair;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What health says of when media comes, and of the encoder that sends it. */
class ArrivalHealthTest extends HealthSource {
  @Test
  void anEncoderThatEndedItsStreamIsNoProblem() {
    play(10_000);
    meter.gone(true, now());
    hasAudio = false;
    hasVideo = false;
    play(5_000);
    assertThat(codes()).containsExactly("encoder-away");
    assertThat(finding("encoder-away").severity()).isEqualTo(Severity.INFO);
    assertThat(finding("encoder-away").what()).isEqualTo("The encoder ended the stream 5 s ago.");
  }

  @Test
  void anEncoderThatIsAwayIsSaidAndNothingThatIsOnlySaidOfWhatComes() {
    play(10_000);
    hasAudio = false;
    meter.repaired(TimestampRepair.TRACK_JUMP, 1);
    play(8_000);
    assertThat(codes()).containsExactly("audio-stopped", "track-jumped");
    meter.gone(false, now());
    hasVideo = false;
    play(1_000);
    assertThat(codes()).containsExactly("encoder-away", "track-jumped");
    Instant since = finding("encoder-away").since();
    play(30_000);
    assertThat(finding("encoder-away").severity()).isEqualTo(Severity.PROBLEM);
    assertThat(finding("encoder-away").what()).isEqualTo("The encoder has been away for 30 s.");
    assertThat(finding("encoder-away").since()).isEqualTo(since);
    meter.publisher(true, now());
    meter.run(true, false, now());
    hasVideo = true;
    hasAudio = true;
    play(1_000);
    assertThat(codes()).containsExactly("track-jumped");
  }

  @Test
  void anEncoderThatSendsNothingIsAProblemButNotOneThatHasGone() {
    play(10_000);
    hasVideo = false;
    hasAudio = false;
    play(8_000);
    assertThat(codes()).contains("nothing-arrives").doesNotContain("audio-stopped");
    meter.gone(false, now());
    play(12_000);
    assertThat(codes()).containsExactly("encoder-away");
  }

  @Test
  void slowerThanTheClockIsAProblemAndNotADiscontinuity() {
    pace = 0.8;
    play(60_000);
    assertThat(finding("slower-than-real-time").what())
        .isEqualTo("The stream comes at 80 % of real time.");
    assertThat(told.getLast().discontinuities()).isZero();
    pace = 1;
    play(60_000);
    assertThat(codes()).isEmpty();
    assertThat(changesOf("slower-than-real-time")).isEqualTo(2);
  }

  @Test
  void theNumberOfASlowStreamIsThatOfThePaceBesideIt() {
    play(20_000);
    for (double next : new double[] {0.92, 0.97, 0.8, 0.975, 1.02}) {
      pace = next;
      play(30_000);
    }
    List<StreamHealth> slow =
        told.stream().filter(health -> has(health, "slower-than-real-time")).toList();
    assertThat(slow).hasSizeGreaterThan(60);
    assertThat(slow)
        .allSatisfy(
            health -> {
              double present = health.pace().orElseThrow();
              assertThat(present).isLessThan(1);
              assertThat(of(health, "slower-than-real-time").what())
                  .isEqualTo(
                      "The stream comes at " + Math.round(present * 100) + " % of real time.");
            });
    assertThat(codes()).isEmpty();
  }

  @Test
  void aPauseIsNotSlowness() {
    play(30_000);
    waitUntil(clockMillis + 7_500);
    assertThat(codes()).contains("nothing-arrives");
    play(40_000);
    assertThat(changesOf("slower-than-real-time")).isZero();
    pace = 0.8;
    play(30_000);
    assertThat(codes()).contains("slower-than-real-time");
    waitUntil(clockMillis + 7_500);
    assertThat(codes()).containsExactly("nothing-arrives");
    play(30_000);
    assertThat(codes()).contains("slower-than-real-time");
    assertThat(told)
        .noneMatch(
            health -> has(health, "nothing-arrives") && has(health, "slower-than-real-time"));
  }

  @Test
  void fasterThanTheClockIsNamed() {
    pace = 2;
    play(80_000);
    assertThat(codes()).containsExactly("faster-than-real-time");
  }

  @Test
  void driftOfTheEncodersClockIsMeasured() {
    pace = 1.0008;
    play(200_000);
    assertThat(told.getLast().driftPpm().orElseThrow()).isBetween(750.0, 850.0);
    assertThat(finding("clock-drift").what())
        .matches("The encoder's clock is 2[89]\\d\\d ms an hour fast\\.");
  }

  @Test
  void burstsAreNamed() {
    for (int i = 0; i < 20; i++) {
      double before = clockMillis;
      pace = 1e6;
      play(2_000);
      pace = 1;
      waitUntil(before + 2_000);
    }
    assertThat(codes()).contains("arrives-in-bursts");
  }

  @Test
  void reconnectingOftenIsAProblem() {
    for (int i = 0; i < 3; i++) {
      play(20_000);
      meter.gone(false, now());
      meter.publisher(true, now());
      meter.run(true, false, now());
    }
    play(3_000);
    assertThat(codes()).containsExactly("reconnecting-often");
    assertThat(told.getLast().reconnects()).isEqualTo(3);
  }
}
