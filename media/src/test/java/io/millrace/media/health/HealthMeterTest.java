package io.millrace.media.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.HealthFinding;
import io.millrace.media.HealthFinding.Severity;
import io.millrace.media.StreamHealth;
import io.millrace.media.TimestampRepair;
import io.millrace.media.TrackHealth;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthMeterTest extends HealthSource {
  @Test
  void aGoodStreamHasFiguresAndNothingToSay() {
    play(90_000);
    StreamHealth health = told.getLast();
    assertThat(told).allSatisfy(each -> assertThat(each.findings()).isEmpty());
    TrackHealth shown = health.tracks().getFirst();
    assertThat(shown.bitsPerSecond()).isEqualTo(25 * 5_000 * 8);
    assertThat(shown.picture().orElseThrow().framesPerSecond()).isBetween(24.99, 25.01);
    assertThat(shown.picture().orElseThrow().steady()).isTrue();
    assertThat(shown.picture().orElseThrow().keyFrameInterval()).contains(Duration.ofSeconds(2));
    assertThat(shown.picture().orElseThrow().openGroups()).isFalse();
    assertThat(health.pace().orElseThrow()).isBetween(0.99, 1.01);
    assertThat(health.driftPpm().orElseThrow()).isBetween(-50.0, 50.0);
    assertThat(health.audioAhead().orElseThrow().abs()).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void theDistanceOfKeyFramesIsUnknownUntilThereAreTwo() {
    play(1_500);
    assertThat(told.getLast().tracks().getFirst().picture().orElseThrow().keyFrameInterval())
        .isEmpty();
  }

  @Test
  void keyFramesFarApartAreNamedInPlainWords() {
    keyEveryMillis = 10_000;
    play(40_000);
    HealthFinding finding = finding("key-frames-far-apart");
    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.what()).isEqualTo("Key frames come every 10 s.");
    assertThat(finding.effect()).startsWith("Latency can't go below that");
    assertThat(finding.advice()).isEqualTo("Set a key frame interval of 2 s in your encoder.");
    keyEveryMillis = 2_000;
    play(60_000);
    assertThat(codes()).containsExactly("long-first-group");
  }

  @Test
  void nothingFlapsAtALimit() {
    for (int i = 0; i < 40; i++) {
      keyEveryMillis = i % 2 == 0 ? 3_960 : 4_600;
      play(keyEveryMillis);
    }
    assertThat(changesOf("key-frames-far-apart")).isLessThanOrEqualTo(1);
  }

  @Test
  void noKeyFrameForLongIsAProblem() {
    keyEveryMillis = 1_000_000;
    play(20_000);
    assertThat(finding("no-key-frame").severity()).isEqualTo(Severity.PROBLEM);
  }

  @Test
  void irregularKeyFramesAreNamed() {
    for (int i = 0; i < 12; i++) {
      keyEveryMillis = i % 3 == 0 ? 800 : 3_200;
      play(keyEveryMillis);
    }
    assertThat(finding("key-frames-irregular").severity()).isEqualTo(Severity.INFO);
  }

  @Test
  void openGroupsAreNamed() {
    openGroups = true;
    play(10_000);
    assertThat(finding("open-gop").advice()).contains("closed GOP");
    assertThat(told.getLast().tracks().getFirst().picture().orElseThrow().reordered()).isTrue();
  }

  @Test
  void soundThatStopsIsAProblemUntilItComesBack() {
    play(10_000);
    hasAudio = false;
    play(8_000);
    assertThat(finding("audio-stopped").what()).startsWith("Sound stopped 8 s ago");
    assertThat(told.getLast().tracks().getLast().sinceLastSample())
        .isGreaterThan(Duration.ofSeconds(7));
    hasAudio = true;
    play(5_000);
    assertThat(codes()).isEmpty();
  }

  @Test
  void whatViewersHearOfSoundThatStoppedIsSaidAsItIsConfigured() {
    play(10_000);
    hasAudio = false;
    play(8_000);
    assertThat(finding("audio-stopped").effect()).contains("some players stop and wait for sound");
    assertThat(finding("audio-stopped").advice()).contains("send silence");
    meter.filled(track -> track.equals(SOUND));
    play(1_000);
    assertThat(finding("audio-stopped").effect()).isEqualTo("Viewers hear nothing.");
    assertThat(finding("audio-stopped").advice()).isEqualTo("Check the encoder's audio input.");
  }

  @Test
  void thatThePictureStillComesIsNotSaidWhenItDoesNot() {
    play(10_000);
    hasAudio = false;
    play(8_000);
    hasVideo = false;
    play(8_000);
    assertThat(codes()).containsExactly("nothing-arrives");
  }

  /** Nobody may take a stream that its encoder has ended for one that was lost. */
  @Test
  void aTracksClockThatJumpedAloneIsNamedForMinutes() {
    play(10_000);
    meter.repaired(TimestampRepair.TRACK_JUMP, 1);
    play(3_000);
    assertThat(finding("track-jumped").severity()).isEqualTo(Severity.WARNING);
    assertThat(finding("track-jumped").what()).contains("put back beside the other");
    assertThat(codes()).containsExactly("track-jumped");
    meter.repaired(TimestampRepair.JUMP, 1);
    play(3_000);
    assertThat(finding("timestamps-jump-repaired").severity()).isEqualTo(Severity.WARNING);
    assertThat(codes()).containsExactlyInAnyOrder("track-jumped", "timestamps-jump-repaired");
    play(320_000);
    assertThat(codes()).isEmpty();
  }

  @Test
  void aClockThatStandsStillIsToldByItself() {
    play(10_000);
    for (int i = 0; i < 3; i++) {
      meter.repaired(TimestampRepair.STANDSTILL, 75);
      play(1_000);
    }
    assertThat(finding("clock-stands-still").severity()).isEqualTo(Severity.WARNING);
    assertThat(finding("clock-stands-still").what()).contains("the time at which it arrived");
    assertThat(codes()).containsExactly("clock-stands-still");
    play(320_000);
    assertThat(codes()).isEmpty();
  }

  @Test
  void thePictureThatStopsIsAProblem() {
    play(10_000);
    hasVideo = false;
    play(8_000);
    assertThat(codes()).containsExactly("video-stopped");
  }

  @Test
  void aStreamWithoutSoundSaysSo() {
    meter.tracks(List.of(video(1280, 720)), 0);
    hasAudio = false;
    play(15_000);
    assertThat(codes()).containsExactly("audio-missing");
  }

  @Test
  void soundFarFromThePictureIsNamed() {
    audioBehindMillis = 2_400;
    play(30_000);
    assertThat(finding("audio-video-apart").what()).contains("2.5 s apart");
  }

  @Test
  void anUnsteadyFrameRateIsNamed() {
    jittery = true;
    play(40_000);
    assertThat(codes()).containsExactly("frame-rate-unsteady");
  }

  @Test
  void repairsBreaksAndSkippedMessagesAreCountedAndForgottenInTime() {
    play(10_000);
    meter.repaired(TimestampRepair.ORDER, 7);
    meter.repaired(TimestampRepair.COMPOSITION, 1);
    skipped = 30;
    play(3_000);
    assertThat(codes())
        .containsExactlyInAnyOrder(
            "timestamps-repaired", "composition-times-wrong", "messages-skipped");
    assertThat(told.getLast().repairs()).containsEntry(TimestampRepair.ORDER, 7L);
    meter.run(true, true, now());
    play(5_000);
    assertThat(codes()).contains("timestamps-jumped");
    assertThat(told.getLast().discontinuities()).isEqualTo(1);
    play(320_000);
    assertThat(codes()).isEmpty();
  }

  @Test
  void aChangeOfSizeIsNamed() {
    play(5_000);
    meter.tracks(List.of(video(1920, 1080), SOUND), now());
    play(5_000);
    assertThat(codes()).containsExactly("resolution-changed");
  }

  @Test
  void codesAreStableAndWordsAreComplete() {
    List<String> codes = new HealthRules().codes();
    Set<String> unique = new HashSet<>(codes);
    assertThat(codes)
        .hasSameSizeAs(unique)
        .allMatch(code -> code.matches("[a-z0-9]+(-[a-z0-9]+)+"));
  }
}
