package io.millrace.app.bridges;

import io.millrace.config.ValueText;
import io.millrace.media.Broadcast;
import io.millrace.media.HealthFinding;
import io.millrace.media.LiveInputs;
import io.millrace.media.LiveState;
import io.millrace.media.LiveStatus;
import io.millrace.media.StreamHealth;
import io.millrace.media.TimestampRepair;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackHealth;
import io.millrace.transcoding.TranscoderState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A stream's health as the API's schema {@code StreamHealth} has it; says nothing of addresses. */
final class HealthJson {
  private HealthJson() {}

  /**
   * @param transcoder where the stream has one
   */
  static JsonObject of(
      LiveStatus status,
      LiveInputs inputs,
      StreamHealth health,
      Optional<TranscoderState> transcoder) {
    JsonArray tracks = new JsonArray();
    int pictures = 0;
    int sounds = 0;
    for (TrackHealth track : health.tracks()) {
      int number = track.track().isVideo() ? ++pictures : ++sounds;
      tracks.add(track(track, number));
    }
    JsonObject repairs = new JsonObject();
    for (TimestampRepair repair : TimestampRepair.values()) {
      repairs.put(ValueText.word(repair), health.repairs().getOrDefault(repair, 0L));
    }
    JsonArray findings = new JsonArray();
    transcoder
        .filter(TranscoderState::isTrouble)
        .ifPresent(trouble -> findings.add(finding(trouble, status)));
    health.findings().forEach(finding -> findings.add(finding(finding)));
    Broadcast broadcast = status.broadcast();
    JsonObject json =
        new JsonObject()
            .put("app", broadcast.stream().app())
            .put("stream", broadcast.stream().stream())
            .put("broadcast", broadcast.id().value())
            .put("state", state(status.state()));
    inputs.onAir().ifPresent(input -> json.put("input", ValueText.word(input)));
    inputs.standby().ifPresent(input -> json.put("standby", ValueText.word(input)));
    if (status.state() == LiveState.ENDED) {
      json.put("endedAt", status.since().toString());
    }
    transcoder.ifPresent(state -> json.put("transcoder", state.detail()));
    return json.put("measuredAt", health.at().toString())
        .put("tracks", tracks)
        .put("pace", rounded(health.pace(), 3))
        .put("longestStallSeconds", seconds(health.longestStall()))
        .put("driftPpm", rounded(health.driftPpm(), 1))
        .put("audioAheadSeconds", seconds(health.audioAhead()))
        .put("furthestApartSeconds", seconds(health.furthestApart()))
        .put("repairs", repairs)
        .put("discontinuities", health.discontinuities())
        .put("reconnects", health.reconnects())
        .put("skippedMessages", health.skippedMessages())
        .put("droppedSamples", health.droppedSamples())
        .put("findings", findings);
  }

  private static JsonObject finding(TranscoderState trouble, LiveStatus status) {
    boolean refused = trouble instanceof TranscoderState.Refused;
    return new JsonObject()
        .put("code", refused ? "not-transcoded" : "transcoder-away")
        .put("severity", "problem")
        .put("what", "The transcoder " + (refused ? "" : "is ") + trouble.detail())
        .put("effect", "Viewers have the renditions that you send, and no smaller ones")
        .put(
            "advice",
            refused
                ? "Send pictures and sound in another format"
                : "Nothing of yours is wrong, unless it happens again and again")
        .put(
            "since",
            (trouble instanceof TranscoderState.Restarting restarting
                    ? restarting.since()
                    : status.since())
                .toString());
  }

  private static String state(LiveState state) {
    return switch (state) {
      case STARTING -> "starting";
      case ON_AIR -> "live";
      case INTERRUPTED -> "interrupted";
      case ENDED -> "ended";
    };
  }

  /**
   * @param number which of its kind it is, from 1
   */
  private static JsonObject track(TrackHealth health, int number) {
    TrackFormat format = health.track().format();
    String name = health.track().isVideo() ? "Picture" : "Sound";
    JsonObject json =
        new JsonObject()
            .put("name", number == 1 ? name : name + " " + number)
            .put("kind", health.track().isVideo() ? "video" : "audio")
            .put("codecs", format.codecs());
    switch (format) {
      case TrackFormat.Video video ->
          json.put("width", video.width()).put("height", video.height());
      case TrackFormat.Audio audio ->
          json.put("sampleRate", audio.sampleRate()).put("channels", audio.channels());
    }
    json.put("bitsPerSecond", health.bitsPerSecond())
        .put("peakBitsPerSecond", health.peakBitsPerSecond())
        .put("secondsSinceLastSample", seconds(health.sinceLastSample()))
        .put("samples", health.samples());
    health.picture().ifPresent(picture -> add(json, picture));
    return json;
  }

  private static void add(JsonObject json, TrackHealth.Picture picture) {
    json.put("framesPerSecond", rounded(OptionalDouble.of(picture.framesPerSecond()), 2))
        .put("steadyFrameRate", picture.steady());
    picture
        .keyFrameInterval()
        .ifPresent(interval -> json.put("keyFrameSeconds", seconds(interval)));
    json.put("longestKeyFrameSeconds", seconds(picture.longestKeyFrameInterval()))
        .put("openGop", picture.openGroups())
        .put("bFrames", picture.reordered());
  }

  static JsonObject finding(HealthFinding finding) {
    return new JsonObject()
        .put("code", finding.code())
        .put("severity", ValueText.word(finding.severity()))
        .put("what", finding.what())
        .put("effect", finding.effect())
        .put("advice", finding.advice())
        .put("since", finding.since().toString());
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static @Nullable Double seconds(Optional<Duration> duration) {
    return duration.map(HealthJson::seconds).orElse(null);
  }

  private static @Nullable Double rounded(OptionalDouble value, int digits) {
    double scale = Math.pow(10, digits);
    return value.isPresent() ? Math.round(value.getAsDouble() * scale) / scale : null;
  }
}
