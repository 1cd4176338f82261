package io.millrace.app.bridges;

import io.millrace.config.ValueText;
import io.millrace.media.Broadcast;
import io.millrace.media.EndReason;
import io.millrace.media.HealthFinding;
import io.millrace.media.InputChange;
import io.millrace.media.LiveStatus;
import io.millrace.packager.StoredSegment;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Something that has happened to a stream, as it is published to the platform's own namespace: a
 * CloudEvent in binary mode, whose attributes are headers (CloudEvents 1.0.2, Kafka binding 3.2).
 *
 * @param path of its topic within the namespace
 * @param kind the last part of its type, for counters as well
 */
record StreamEvent(Kind kind, String path, String source, Instant time, JsonObject data) {
  private static final String TYPE = "io.millrace.";

  /** What has happened. */
  enum Kind {
    BROADCAST_STARTED("broadcast.started", "broadcast"),
    BROADCAST_INTERRUPTED("broadcast.interrupted", "broadcast"),
    BROADCAST_RESUMED("broadcast.resumed", "broadcast"),
    BROADCAST_ENDED("broadcast.ended", "broadcast"),
    SEGMENT_STORED("segment.stored", "segments"),
    VIEWERS_CHANGED("viewers.changed", "viewers"),
    HEALTH_CHANGED("health.changed", "health"),
    INPUT_CHANGED("input.changed", "input");

    private final String word;
    private final String topic;

    Kind(String word, String topic) {
      this.word = word;
      this.topic = topic;
    }

    /** The type of the event without the platform's prefix. */
    String word() {
      return word;
    }
  }

  private static StreamEvent of(Kind kind, Broadcast broadcast, Instant time, JsonObject more) {
    String stream = "streams/" + broadcast.stream().app() + "/" + broadcast.stream().stream();
    JsonObject data =
        new JsonObject()
            .put("app", broadcast.stream().app())
            .put("stream", broadcast.stream().stream())
            .put("broadcast", broadcast.id().value())
            .mergeIn(more);
    return new StreamEvent(kind, stream + "/" + kind.topic, "/" + stream, time, data);
  }

  /** A broadcast has another state. */
  static StreamEvent of(Kind kind, LiveStatus status, Optional<EndReason> reason) {
    Broadcast broadcast = status.broadcast();
    JsonArray codecs = new JsonArray();
    status.tracks().forEach(track -> codecs.add(track.format().codecs()));
    JsonObject more =
        new JsonObject()
            .put("startedAt", broadcast.startedAt().toString())
            .put("codecs", codecs)
            .put("playlist", "/play/" + broadcast.stream() + "/index.m3u8");
    reason.ifPresent(why -> more.put("reason", ValueText.word(why)));
    return of(kind, broadcast, status.since(), more);
  }

  static StreamEvent of(StoredSegment segment, Instant now) {
    return of(
        Kind.SEGMENT_STORED,
        segment.broadcast(),
        now,
        new JsonObject()
            .put("rendition", segment.rendition())
            .put("sequence", segment.sequence())
            .put("startsAt", segment.startsAt().toString())
            .put("durationSeconds", segment.duration().toMillis() / 1e3)
            .put("bytes", segment.bytes())
            .put("object", segment.object()));
  }

  static StreamEvent viewers(Broadcast broadcast, int viewers, Instant now) {
    return of(Kind.VIEWERS_CHANGED, broadcast, now, new JsonObject().put("viewers", viewers));
  }

  static StreamEvent health(Broadcast broadcast, List<HealthFinding> findings, Instant now) {
    JsonArray all = new JsonArray();
    findings.forEach(finding -> all.add(HealthJson.finding(finding)));
    return of(Kind.HEALTH_CHANGED, broadcast, now, new JsonObject().put("findings", all));
  }

  static StreamEvent of(InputChange change, Instant now) {
    JsonObject more = new JsonObject();
    change.now().onAir().ifPresent(input -> more.put("onAir", ValueText.word(input)));
    change.now().standby().ifPresent(input -> more.put("standby", ValueText.word(input)));
    more.put("cause", ValueText.word(change.cause()));
    change.seamless().ifPresent(is -> more.put("seamless", is));
    return of(Kind.INPUT_CHANGED, change.broadcast(), now, more);
  }

  /** The same however often it is asked for, so that an event that is sent again is known. */
  String id() {
    String all = kind.word + " " + source + " " + time + " " + data.encode();
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** The attributes that CloudEvents has beside the data. */
  Map<String, String> headers() {
    return new TreeMap<>(
        Map.of(
            "ce_specversion",
            "1.0",
            "ce_id",
            id(),
            "ce_source",
            source,
            "ce_type",
            TYPE + kind.word,
            "ce_time",
            time.toString(),
            "ce_subject",
            data.getString("broadcast")));
  }
}
