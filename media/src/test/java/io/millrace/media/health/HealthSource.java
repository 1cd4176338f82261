package io.millrace.media.health;

import io.millrace.media.HealthFinding;
import io.millrace.media.Sample;
import io.millrace.media.StreamHealth;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackId;
import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.AvcPicture;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.PictureFormat;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A source with a picture and sound on a clock of the test, and what health says of it. */
abstract class HealthSource {
  static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final long MILLI = 1_000_000;
  static final TrackId VIDEO = new TrackId(1);
  static final TrackId AUDIO = new TrackId(2);
  static final Track SOUND =
      new Track(
          AUDIO,
          new TrackFormat.Aac(
              AacConfiguration.parse(Buffer.buffer(new byte[] {0x11, (byte) 0x90}))),
          Timescale.MILLIS);

  final HealthMeter meter = new HealthMeter();
  final List<StreamHealth> told = new ArrayList<>();
  final Buffer picture = Buffer.buffer(new byte[5_000]);
  final Buffer sound = Buffer.buffer(new byte[400]);

  // The source: what the test changes while it goes.
  long mediaMillis;
  double clockMillis;
  double pace = 1;
  long nextTickMillis = 1_000;
  int keyEveryMillis = 2_000;
  int frameMillis = 40;
  long audioBehindMillis;
  boolean hasVideo = true;
  boolean hasAudio = true;
  boolean openGroups;
  boolean jittery;
  long skipped;

  @BeforeEach
  void begins() {
    meter.publisher(false, 0);
    meter.tracks(List.of(video(1280, 720), SOUND), 0);
    meter.run(false, false, 0);
  }

  void play(long millis) {
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

  long sinceKey = Long.MAX_VALUE / 2;

  void video() {
    boolean key = sinceKey >= keyEveryMillis;
    sinceKey = key ? frameMillis : sinceKey + frameMillis;
    boolean leads = openGroups && sinceKey == 2L * frameMillis;
    long dts = mediaMillis + (jittery && mediaMillis / frameMillis % 2 == 0 ? 25 : 0);
    int composition = !openGroups ? 0 : leads ? 0 : 2 * frameMillis;
    meter.sample(new Sample(VIDEO, dts, composition, key, picture), now());
  }

  void waitUntil(double millis) {
    clockMillis = Math.max(clockMillis, millis);
    tickUntil(clockMillis);
  }

  void tickUntil(double millis) {
    for (; nextTickMillis <= millis; nextTickMillis += 1_000) {
      told.add(meter.tick(START.plusMillis(nextTickMillis), nextTickMillis * MILLI, skipped, 0));
    }
  }

  long now() {
    return (long) (clockMillis * MILLI);
  }

  HealthFinding finding(String code) {
    return of(told.getLast(), code);
  }

  static boolean has(StreamHealth health, String code) {
    return health.findings().stream().anyMatch(finding -> finding.code().equals(code));
  }

  HealthFinding of(StreamHealth health, String code) {
    return health.findings().stream()
        .filter(finding -> finding.code().equals(code))
        .findFirst()
        .orElseThrow(() -> new AssertionError(code + " is not among " + codes()));
  }

  List<String> codes() {
    return told.getLast().findings().stream().map(HealthFinding::code).toList();
  }

  /** How often a finding came or went. */
  int changesOf(String code) {
    int changes = 0;
    boolean before = false;
    for (StreamHealth health : told) {
      boolean now = has(health, code);
      changes += now == before ? 0 : 1;
      before = now;
    }
    return changes;
  }

  static Track video(int width, int height) {
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
