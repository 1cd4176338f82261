package io.millrace.packager.state;

import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a broadcast's recording has come: what is before a number is in chunks beside the state,
 * also what the playlists still list of it; what is behind it and has left the playlists is here.
 *
 * @param from media sequence number of the first segment that is in no chunk
 * @param bytes of the segments in chunks
 * @param duration of the segments in chunks
 * @param cues what the playlists list no more of cue points and is in no chunk
 * @param lines by the names of their renditions
 */
public record RecordedTail(
    long from, long bytes, Duration duration, RecordedCues cues, Map<String, Line> lines) {
  /** Not of a broadcast without cue points, as in earlier releases. */
  private static final String CUES = "cues";

  /**
   * One rendition.
   *
   * @param formats what all of its segments so far are, by the names of their headers
   * @param listedFrom number of the first segment that its playlist lists; it may be in a chunk
   * @param segments in order without holes in the numbers
   * @param items what {@code state.json} says of them; empty when they have been read from it
   */
  public record Line(
      Map<String, RenditionInfo> formats,
      long listedFrom,
      List<Segment> segments,
      GrowingText.Span items) {
    public Line {
      formats = Map.copyOf(formats);
      segments = List.copyOf(segments);
    }
  }

  /** Of a broadcast that has just begun. */
  public static RecordedTail empty() {
    return new RecordedTail(0, 0, Duration.ZERO, RecordedCues.NONE, Map.of());
  }

  public RecordedTail {
    lines = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(lines));
  }

  /** The same with more cue points. */
  public RecordedTail with(RecordedCues more) {
    return new RecordedTail(from, bytes, duration, RecordedCues.joined(List.of(cues, more)), lines);
  }

  void appendTo(Buffer out) {
    JsonObject json =
        new JsonObject()
            .put("from", from)
            .put("bytes", bytes)
            .put("durationNanos", duration.toNanos());
    if (!cues.isEmpty()) {
      json.put(CUES, CueJson.toJson(cues));
    }
    BroadcastState.open(out, json);
    out.appendString("\"lines\":[");
    lines.forEach(
        (name, line) -> {
          BroadcastState.open(
              out,
              new JsonObject()
                  .put("name", name)
                  .put("listedFrom", line.listedFrom)
                  .put("formats", BroadcastState.toJson(line.formats)));
          out.appendString("\"segments\":[");
          line.items.appendTo(out);
          out.appendString("null]},");
        });
    out.appendString("null]}");
  }

  static RecordedTail parse(JsonObject json) {
    return new RecordedTail(
        json.getLong("from", 0L),
        json.getLong("bytes", 0L),
        Duration.ofNanos(json.getLong("durationNanos", 0L)),
        CueJson.recorded(json.getJsonObject(CUES)),
        lines(json.getJsonArray("lines", new JsonArray())));
  }

  static Map<String, Line> lines(JsonArray items) {
    Map<String, Line> lines = new LinkedHashMap<>();
    for (JsonObject line : objects(items)) {
      String name = BroadcastState.name(line);
      lines.put(
          name,
          new Line(
              BroadcastState.formats(name, line),
              line.getLong("listedFrom", Long.MAX_VALUE),
              BroadcastState.segments(line),
              GrowingText.Span.EMPTY));
    }
    return lines;
  }

  private static List<JsonObject> objects(JsonArray items) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object item : items) {
      if (item instanceof JsonObject object) {
        objects.add(object);
      }
    }
    return objects;
  }
}
