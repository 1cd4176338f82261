package io.millrace.packager.state;

import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Some of a broadcast's recorded segments, written once: those of all renditions whose numbers are
 * in one stretch.
 *
 * @param segments by the names of their renditions, in order
 * @param cues what the playlists have listed no more of cue points since the chunk before; they may
 *     be of earlier segments
 */
public record RecordedChunk(Map<String, List<Segment>> segments, RecordedCues cues) {
  private static final int VERSION = 1;

  /** Not of a broadcast without cue points, as in earlier releases. */
  private static final String CUES = "cues";

  /** The same with cue points. */
  public RecordedChunk with(RecordedCues newCues) {
    return new RecordedChunk(segments, newCues);
  }

  /** As JSON text. */
  public Buffer toBuffer() {
    Buffer out = Buffer.buffer(16_384);
    JsonObject json = new JsonObject().put("version", VERSION);
    if (!cues.isEmpty()) {
      json.put(CUES, CueJson.toJson(cues));
    }
    BroadcastState.open(out, json);
    out.appendString("\"renditions\":[");
    segments.forEach(
        (name, line) -> {
          BroadcastState.open(out, new JsonObject().put("name", name));
          out.appendString("\"segments\":[");
          for (Segment segment : line) {
            out.appendString(new String(BroadcastState.item(segment), StandardCharsets.UTF_8));
          }
          out.appendString("null]},");
        });
    return out.appendString("null]}");
  }

  /**
   * Reads what {@link #toBuffer} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static RecordedChunk parse(Buffer text) {
    try {
      JsonObject json = new JsonObject(text);
      if (json.getInteger("version", 0) != VERSION) {
        throw new IllegalArgumentException("chunk of version " + json.getValue("version"));
      }
      Map<String, List<Segment>> segments = new LinkedHashMap<>();
      for (Object item : json.getJsonArray("renditions", new JsonArray())) {
        if (item instanceof JsonObject line) {
          segments.put(BroadcastState.name(line), BroadcastState.segments(line));
        }
      }
      return new RecordedChunk(segments, CueJson.recorded(json.getJsonObject(CUES)));
    } catch (DecodeException | ClassCastException | DateTimeException | NullPointerException e) {
      throw new IllegalArgumentException("not a recording's chunk: " + e.getMessage(), e);
    }
  }

  /** Those of a rendition whose numbers are from one to before another. */
  static List<Segment> between(List<Segment> segments, long from, long end) {
    List<Segment> found = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.msn() >= from && segment.msn() < end) {
        found.add(segment);
      }
    }
    return found;
  }

  /**
   * The segments of all renditions whose numbers are from one to before another, without cue
   * points.
   */
  public static RecordedChunk of(Map<String, List<Segment>> all, long from, long end) {
    Map<String, List<Segment>> segments = new LinkedHashMap<>();
    all.forEach((name, line) -> segments.put(name, between(line, from, end)));
    segments.values().removeIf(List::isEmpty);
    return new RecordedChunk(segments, RecordedCues.NONE);
  }

  /** Bytes of media. */
  public long bytes() {
    return segments.values().stream().flatMap(List::stream).mapToLong(Segment::size).sum();
  }

  /** The duration of the longest rendition, in nanoseconds. */
  public long nanos() {
    return segments.values().stream()
        .mapToLong(line -> line.stream().mapToLong(Segment::durationNanos).sum())
        .max()
        .orElse(0);
  }
}
