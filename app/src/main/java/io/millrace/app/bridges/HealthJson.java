package io.millrace.app.bridges;

import io.millrace.catalog.LiveEntry;
import io.millrace.media.HealthFinding;
import io.millrace.media.StreamHealth;
import io.millrace.media.TimestampRepair;
import io.millrace.media.TrackFormat;
import io.millrace.media.TrackHealth;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A stream's health as the API's schema {@code StreamHealth} has it; says nothing of addresses. */
final class HealthJson {
  private HealthJson() {}

  static JsonObject of(LiveEntry entry, StreamHealth health) {
    JsonArray tracks = new JsonArray();
    health.tracks().forEach(track -> tracks.add(track(track)));
    JsonObject repairs = new JsonObject();
    for (TimestampRepair repair : TimestampRepair.values()) {
      repairs.put(word(repair), health.repairs().getOrDefault(repair, 0L));
    }
    JsonArray findings = new JsonArray();
    health.findings().forEach(finding -> findings.add(finding(finding)));
    return new JsonObject()
        .put("app", entry.app())
        .put("stream", entry.stream())
        .put("broadcast", entry.broadcast())
        .put("state", word(entry.state()))
        .put("measuredAt", health.at().toString())
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

  private static JsonObject track(TrackHealth health) {
    TrackFormat format = health.track().format();
    JsonObject json =
        new JsonObject()
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
    health
        .picture()
        .ifPresent(
            picture ->
                json.put(
                        "framesPerSecond", rounded(OptionalDouble.of(picture.framesPerSecond()), 2))
                    .put("steadyFrameRate", picture.steady())
                    .put("keyFrameSeconds", seconds(picture.keyFrameInterval()))
                    .put("longestKeyFrameSeconds", seconds(picture.longestKeyFrameInterval()))
                    .put("openGop", picture.openGroups())
                    .put("bFrames", picture.reordered()));
    return json;
  }

  private static JsonObject finding(HealthFinding finding) {
    return new JsonObject()
        .put("code", finding.code())
        .put("severity", word(finding.severity()))
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

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
