package io.millrace.media.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.HealthFinding;
import io.millrace.media.HealthFinding.Severity;
import io.millrace.media.Sample;
import io.millrace.media.StreamHealth;
import io.millrace.media.Timescale;
import io.millrace.media.TimestampRepair;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackHealth;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcPicture;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.PictureFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthMeterTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final long MILLI = 1_000_000;
  private static final TrackId VIDEO = new TrackId(1);
  private static final TrackId AUDIO = new TrackId(2);
  private static final Track SOUND =
      new Track(
          AUDIO,
          new TrackFormat.Aac(
              AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90}))),
          Timescale.MILLIS);

  private final HealthMeter meter = new HealthMeter();
  private final List<StreamHealth> told = new ArrayList<>();
  private final Buffer picture = Buffer.buffer(new byte[5_000]);
  private final Buffer sound = Buffer.buffer(new byte[400]);

  // The source: what the test changes while it goes.
  private long mediaMillis;
  private double clockMillis;
  private double pace = 1;
  private long nextTickMillis = 1_000;
  private int keyEveryMillis = 2_000;
  private int frameMillis = 40;
  private long audioBehindMillis;
  private boolean hasVideo = true;
  private boolean hasAudio = true;
  private boolean openGroups;
  private boolean jittery;
  private long skipped;

  @BeforeEach
  void begins() {
    meter.publisher(false, 0);
    meter.tracks(List.of(video(1280, 720), SOUND), 0);
    meter.run(false, false, 0);
  }

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
  void aStreamWithoutSoundSaysSo() {
    meter.tracks(List.of(video(1280, 720)), 0);
    hasAudio = false;
    play(15_000);
    assertThat(codes()).containsExactly("audio-missing");
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

  private void play(long millis) {
    long until = mediaMillis + millis;
    for (; mediaMillis < until; mediaMillis++) {
      clockMillis += 1 / pace;
      if (hasVideo && mediaMillis % frameMillis == 0) {
        video();
      }
      if (hasAudio && mediaMillis % 20 == 0) {
        meter.sample(
            new Sample(AUDIO, Math.max(0, mediaMillis - audioBehindMillis), 0, true, sound), now());
      }
      tickUntil(clockMillis);
    }
  }

  private long sinceKey = Long.MAX_VALUE / 2;

  private void video() {
    boolean key = sinceKey >= keyEveryMillis;
    sinceKey = key ? frameMillis : sinceKey + frameMillis;
    boolean leads = openGroups && sinceKey == 2L * frameMillis;
    long dts = mediaMillis + (jittery && mediaMillis / frameMillis % 2 == 0 ? 25 : 0);
    int composition = !openGroups ? 0 : leads ? 0 : 2 * frameMillis;
    meter.sample(new Sample(VIDEO, dts, composition, key, picture), now());
  }

  private void waitUntil(double millis) {
    clockMillis = Math.max(clockMillis, millis);
    tickUntil(clockMillis);
  }

  private void tickUntil(double millis) {
    for (; nextTickMillis <= millis; nextTickMillis += 1_000) {
      told.add(meter.tick(START.plusMillis(nextTickMillis), nextTickMillis * MILLI, skipped, 0));
    }
  }

  private long now() {
    return (long) (clockMillis * MILLI);
  }

  private HealthFinding finding(String code) {
    return of(told.getLast(), code);
  }

  private static boolean has(StreamHealth health, String code) {
    return health.findings().stream().anyMatch(finding -> finding.code().equals(code));
  }

  private HealthFinding of(StreamHealth health, String code) {
    return health.findings().stream()
        .filter(finding -> finding.code().equals(code))
        .findFirst()
        .orElseThrow(() -> new AssertionError(code + " is not among " + codes()));
  }

  private List<String> codes() {
    return told.getLast().findings().stream().map(HealthFinding::code).toList();
  }

  /** How often a finding came or went. */
  private int changesOf(String code) {
    int changes = 0;
    boolean before = false;
    for (StreamHealth health : told) {
      boolean now = has(health, code);
      changes += now == before ? 0 : 1;
      before = now;
    }
    return changes;
  }

  private static Track video(int width, int height) {
    AvcConfiguration configuration =
        new AvcConfiguration(
            Buffer.buffer(),
            4,
            List.of(),
            List.of(),
            new AvcPicture(
                100,
                0,
                31,
                new PictureFormat(
                    width, height, 1, 8, ColorInfo.UNSPECIFIED, AspectRatio.SQUARE, 0)));
    return new Track(VIDEO, new TrackFormat.H264(configuration), Timescale.MILLIS);
  }
}
