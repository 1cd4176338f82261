package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.InputRole;
import io.millrace.media.LiveInputs;
import io.millrace.media.LiveState;
import io.millrace.media.LiveStatus;
import io.millrace.media.StreamHealth;
import io.millrace.media.StreamKey;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackHealth;
import io.millrace.media.TrackId;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.transcoding.Rung;
import io.millrace.transcoding.TranscoderState;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class HealthJsonTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void soundsAreToldApartByTheirNames() {
    JsonObject json =
        HealthJson.of(status(), LiveInputs.NONE, health(sound(2), sound(3)), Optional.empty());

    assertThat(json.getJsonArray("tracks"))
        .extracting(track -> ((JsonObject) track).getString("name"))
        .containsExactly("Sound", "Sound 2");
  }

  @Test
  void aTranscoderThatIsGoneIsAProblemThatIsNotTheBroadcasters() {
    TranscoderState gone = new TranscoderState.Restarting(NOW.minusSeconds(3), 2, "it was killed");

    JsonObject json = HealthJson.of(status(), LiveInputs.NONE, health(), Optional.of(gone));

    String detail = "being started again since 2026-11-21T11:59:57Z, 2 times: it was killed";
    assertThat(json.getString("transcoder")).isEqualTo(detail);
    JsonObject finding = json.getJsonArray("findings").getJsonObject(0);
    assertThat(finding.getString("code")).isEqualTo("transcoder-away");
    assertThat(finding.getString("what")).isEqualTo("The transcoder is " + detail);
    assertThat(finding.getString("since")).isEqualTo("2026-11-21T11:59:57Z");
  }

  @Test
  void aTranscoderThatWorksIsNoFinding() {
    TranscoderState running = new TranscoderState.Running(Map.of(Rung.P240, "x264"));

    JsonObject json = HealthJson.of(status(), LiveInputs.NONE, health(), Optional.of(running));

    assertThat(json.getString("transcoder")).isEqualTo("240p by x264");
    assertThat(json.getJsonArray("findings")).isEmpty();
    assertThat(
            HealthJson.of(status(), LiveInputs.NONE, health(), Optional.empty())
                .containsKey("transcoder"))
        .isFalse();
  }

  @Test
  void saysWhichInputIsOnAirAndWhetherAnotherOneIsThere() {
    LiveInputs both = new LiveInputs(Optional.of(InputRole.BACKUP), Optional.of(InputRole.PRIMARY));

    JsonObject two = HealthJson.of(status(), both, health(), Optional.empty());
    JsonObject none = HealthJson.of(status(), LiveInputs.NONE, health(), Optional.empty());

    assertThat(two.getString("input")).isEqualTo("backup");
    assertThat(two.getString("standby")).isEqualTo("primary");
    assertThat(none.fieldNames()).doesNotContain("input", "standby");
  }

  private static LiveStatus status() {
    Broadcast broadcast =
        new Broadcast(
            new BroadcastId("01M7YZMHG0MHV1VC78SEET782Q"),
            "main",
            new StreamKey("live", "one"),
            NOW);
    return new LiveStatus(broadcast, LiveState.ON_AIR, NOW, List.of(), "rtmp", "");
  }

  private static StreamHealth health(TrackHealth... tracks) {
    return new StreamHealth(
        NOW,
        List.of(tracks),
        OptionalDouble.empty(),
        Duration.ZERO,
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        0,
        0,
        0,
        0,
        List.of());
  }

  private static TrackHealth sound(int id) {
    OpusConfiguration stereo = new OpusConfiguration(2, 312, 48_000, 0, 0, Buffer.buffer());
    Track track = new Track(new TrackId(id), new TrackFormat.Opus(stereo), new Timescale(48_000));
    return new TrackHealth(track, 0, 0, Duration.ZERO, 0, Optional.empty());
  }
}
