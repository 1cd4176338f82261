package io.millrace.packager.state;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.ClockMap;
import io.millrace.media.StreamKey;
import io.millrace.media.StreamProfile;
import io.millrace.packager.cue.StoredCues;
import io.millrace.packager.presentation.BitRate;
import io.millrace.packager.presentation.Document;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code state.json} says: everything that another writer needs to go on with a broadcast. It
 * is stored before a playlist that follows from it is shown.
 *
 * @param epoch of the writer; a higher one shuts it out
 * @param writer a random word, so that a writer knows its own state again
 * @param profile what is wanted of the stream, for as long as the broadcast goes on
 * @param clock how wall clock and media belong together
 * @param mediaEnd where the listed media ends
 * @param cues cue points, and what the playlists say of them
 * @param presentation without playlists, headers and media
 * @param recording what is recorded and in no chunk yet; empty when nothing is recorded
 */
public record BroadcastState(
    int epoch,
    String writer,
    StreamProfile profile,
    ClockMap clock,
    Duration mediaEnd,
    StoredCues cues,
    Presentation presentation,
    Optional<RecordedTail> recording) {
  private static final int VERSION = 1;

  /** When it ended: of a broadcast, and in states of earlier releases of a rendition. */
  private static final String ENDED_AT = "endedAt";

  /** The longest part; not of a broadcast whose playlists list none, as in earlier releases. */
  private static final String PART_MILLIS = "partMillis";

  /** Where the period starts in which the playlists begin; not in states of earlier releases. */
  private static final String FIRST_PERIOD = "firstPeriod";

  /** Not of a broadcast that has had none, as in earlier releases. */
  private static final String CUES = "cues";

  /** Bytes of a segment; not in states of earlier releases. */
  private static final String KEY_FRAME = "keyFrame";

  /** What is wanted instead of what is configured; not of a broadcast of which nothing is. */
  private static final String LADDER = "ladder";

  private static final String WINDOW_SECONDS = "windowSeconds";

  /** As JSON text; what it says of a segment has been written with {@link #item}. */
  public Buffer toBuffer() {
    Broadcast broadcast = presentation.broadcast();
    JsonArray anchors = new JsonArray();
    clock
        .anchors()
        .forEach(
            anchor ->
                anchors.add(
                    new JsonArray().add(anchor.wall().toString()).add(anchor.mediaNanos())));
    JsonObject json =
        new JsonObject()
            .put("version", VERSION)
            .put("epoch", epoch)
            .put("writer", writer)
            .put("tenant", broadcast.tenant())
            .put("app", broadcast.stream().app())
            .put("stream", broadcast.stream().stream())
            .put("broadcast", broadcast.id().value())
            .put("startedAt", broadcast.startedAt().toString())
            .put("targetSeconds", presentation.targetSeconds())
            .put("mediaEndNanos", mediaEnd.toNanos())
            .put("clock", anchors);
    if (!cues.isEmpty()) {
      json.put(CUES, CueJson.toJson(cues));
    }
    presentation
        .firstPeriod()
        .ifPresent(
            start ->
                json.put(
                    FIRST_PERIOD,
                    new JsonObject()
                        .put("msn", start.msn())
                        .put("date", start.date().toString())
                        .put("mediaNanos", start.mediaNanos())));
    profile.ladder().ifPresent(words -> json.put(LADDER, new JsonArray(words)));
    profile.window().ifPresent(window -> json.put(WINDOW_SECONDS, window.toSeconds()));
    LabelJson.put(json, profile.labels());
    presentation.partTarget().ifPresent(part -> json.put(PART_MILLIS, part.toMillis()));
    presentation.endedAt().ifPresent(at -> json.put(ENDED_AT, at.toString()));
    int items = presentation.renditions().stream().mapToInt(r -> r.items().length()).sum();
    Buffer out = Buffer.buffer(2048 + items);
    open(out, json);
    recording.ifPresent(
        tail -> {
          out.appendString("\"recording\":");
          tail.appendTo(out);
          out.appendString(",");
        });
    out.appendString("\"renditions\":[");
    for (int i = 0; i < presentation.renditions().size(); i++) {
      Rendition rendition = presentation.renditions().get(i);
      out.appendString(i == 0 ? "" : ",");
      open(out, toJson(rendition));
      out.appendString("\"segments\":[");
      rendition.items().appendTo(out);
      out.appendString("null]}");
    }
    return out.appendString("]}");
  }

  /** An object's text up to where one more member can follow. */
  static void open(Buffer out, JsonObject json) {
    String text = json.encode();
    out.appendString(text.substring(0, text.length() - 1)).appendString(",");
  }

  /** What a state says of one segment, with the comma behind it. */
  public static byte[] item(Segment segment) {
    return (toJson(segment).encode() + ",").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #toBuffer} wrote. A rendition that an earlier release has given up is left
   * out of a broadcast that is on air: its playlist has said that it ends, and must not go on.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static BroadcastState parse(Buffer text) {
    try {
      JsonObject json = new JsonObject(text);
      if (json.getInteger("version", 0) != VERSION) {
        throw new IllegalArgumentException("state of version " + json.getValue("version"));
      }
      Broadcast broadcast =
          new Broadcast(
              new BroadcastId(json.getString("broadcast", "")),
              json.getString("tenant", ""),
              new StreamKey(json.getString("app", ""), json.getString("stream", "")),
              instant(json, "startedAt"));
      List<ClockMap.Anchor> anchors = new ArrayList<>();
      for (Object item : json.getJsonArray("clock", new JsonArray())) {
        if (item instanceof JsonArray pair) {
          anchors.add(
              new ClockMap.Anchor(
                  Instant.parse(String.valueOf(pair.getValue(0))), pair.getLong(1)));
        }
      }
      Optional<Instant> endedAt =
          json.containsKey(ENDED_AT) ? Optional.of(instant(json, ENDED_AT)) : Optional.empty();
      List<Rendition> renditions = new ArrayList<>();
      for (Object item : json.getJsonArray("renditions", new JsonArray())) {
        if (item instanceof JsonObject rendition
            && (endedAt.isPresent() || !rendition.containsKey(ENDED_AT))) {
          renditions.add(rendition(rendition));
        }
      }
      return new BroadcastState(
          json.getInteger("epoch", 0),
          json.getString("writer", ""),
          profile(json),
          new ClockMap(anchors),
          Duration.ofNanos(json.getLong("mediaEndNanos", 0L)),
          json.containsKey(CUES) ? CueJson.parse(json.getJsonObject(CUES)) : StoredCues.NONE,
          Presentation.unwritten(
                  broadcast,
                  json.getInteger("targetSeconds", 0),
                  Optional.ofNullable(json.getLong(PART_MILLIS)).map(Duration::ofMillis),
                  renditions,
                  endedAt)
              .startingIn(firstPeriod(json)),
          Optional.ofNullable(json.getJsonObject("recording")).map(RecordedTail::parse));
    } catch (DecodeException
        | ClassCastException
        | DateTimeException
        | IndexOutOfBoundsException
        | NullPointerException e) {
      throw new IllegalArgumentException("not a broadcast's state: " + e.getMessage(), e);
    }
  }

  private static StreamProfile profile(JsonObject json) {
    return new StreamProfile(
        Optional.ofNullable(json.getJsonArray(LADDER))
            .map(words -> words.stream().map(String::valueOf).toList()),
        Optional.ofNullable(json.getLong(WINDOW_SECONDS)).map(Duration::ofSeconds),
        LabelJson.labels(json));
  }

  private static Optional<PeriodStart> firstPeriod(JsonObject json) {
    return Optional.ofNullable(json.getJsonObject(FIRST_PERIOD))
        .map(
            start ->
                new PeriodStart(
                    start.getLong("msn", 0L),
                    instant(start, "date"),
                    start.getLong("mediaNanos", 0L)));
  }

  static JsonObject toJson(Rendition rendition) {
    return toJson(rendition.info())
        .put("name", rendition.name())
        .put("formats", toJson(rendition.formats()))
        .put("discontinuitySequence", rendition.discontinuitySequence())
        .put("nextMsn", rendition.nextMsn())
        .put("peak", rendition.bitRate().peak())
        .put("bits", rendition.bitRate().bits())
        .put("nanos", rendition.bitRate().nanos());
  }

  static JsonObject toJson(Map<String, RenditionInfo> formats) {
    JsonObject json = new JsonObject();
    formats.forEach((header, format) -> json.put(header, toJson(format)));
    return json;
  }

  private static JsonObject toJson(RenditionInfo info) {
    JsonObject json =
        new JsonObject()
            .put("codecs", info.codecs())
            .put("width", info.width())
            .put("height", info.height())
            .put("channels", info.channels())
            .put("frameRate", info.frameRate());
    return LabelJson.put(json, info.label());
  }

  private static RenditionInfo info(String name, JsonObject json) {
    return new RenditionInfo(
        name,
        json.getString("codecs", ""),
        json.getInteger("width", 0),
        json.getInteger("height", 0),
        json.getInteger("channels", 0),
        json.getDouble("frameRate", 0.0),
        LabelJson.label(json));
  }

  static String name(JsonObject rendition) {
    String name = rendition.getString("name", "");
    if (!name.matches(RenditionInfo.NAME_PATTERN)) {
      throw new IllegalArgumentException("rendition " + name);
    }
    return name;
  }

  static Map<String, RenditionInfo> formats(String name, JsonObject rendition) {
    Map<String, RenditionInfo> formats = new HashMap<>();
    JsonObject described = rendition.getJsonObject("formats", new JsonObject());
    for (String header : described.fieldNames()) {
      formats.put(header, info(name, described.getJsonObject(header)));
    }
    return formats;
  }

  static List<Segment> segments(JsonObject rendition) {
    List<Segment> segments = new ArrayList<>();
    for (Object item : rendition.getJsonArray("segments", new JsonArray())) {
      if (item instanceof JsonObject segment) {
        segments.add(segment(segment));
      }
    }
    return segments;
  }

  static Rendition rendition(JsonObject json) {
    List<Segment> segments = segments(json);
    String name = name(json);
    return new Rendition(
        info(name, json),
        formats(name, json),
        json.getLong("discontinuitySequence", 0L),
        json.getLong("nextMsn", 0L),
        segments,
        0,
        segments.size(),
        GrowingText.Span.EMPTY,
        GrowingText.Span.EMPTY,
        false,
        Map.of(),
        new BitRate(
            json.getLong("peak", 0L),
            json.getLong("bits", 0L),
            json.getLong("nanos", 0L),
            List.of()),
        Optional.empty(),
        false,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  private static JsonObject toJson(Segment segment) {
    JsonObject json =
        new JsonObject()
            .put("msn", segment.msn())
            .put("epoch", segment.epoch())
            .put("init", segment.init())
            .put("duration", segment.durationTicks())
            .put("timescale", segment.timescale())
            .put("mediaNanos", segment.mediaNanos())
            .put("date", segment.programDateTime().toString())
            .put("size", segment.size());
    if (segment.discontinuity()) {
      json.put("discontinuity", true);
    }
    if (segment.gap()) {
      json.put("gap", true);
    }
    if (segment.independent()) {
      json.put("independent", true);
    }
    if (segment.keyFrameBytes() > 0) {
      json.put(KEY_FRAME, segment.keyFrameBytes());
    }
    return json;
  }

  private static Segment segment(JsonObject json) {
    return new Segment(
        json.getLong("msn", 0L),
        json.getInteger("epoch", 0),
        json.getString("init", ""),
        json.getLong("duration", 0L),
        json.getInteger("timescale", 1),
        json.getLong("mediaNanos", 0L),
        instant(json, "date"),
        json.getBoolean("discontinuity", false),
        json.getBoolean("gap", false),
        json.getBoolean("independent", false),
        json.getLong("size", 0L),
        json.getInteger(KEY_FRAME, 0),
        List.of(),
        Optional.empty(),
        true);
  }

  static Instant instant(JsonObject json, String key) {
    return Instant.parse(json.getString(key, ""));
  }
}
