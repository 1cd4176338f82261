package io.millrace.app.bridges;

import io.millrace.catalog.LiveEntry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How an origin tells a catalogue on another node who is on air: {@code {"streams": […]}}. */
final class LiveExchange {
  private LiveExchange() {}

  static JsonObject write(List<LiveEntry> entries) {
    JsonArray streams = new JsonArray();
    entries.forEach(entry -> streams.add(json(entry)));
    return new JsonObject().put("streams", streams);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws RuntimeException when it is anything else
   */
  static List<LiveEntry> read(JsonObject answer) {
    return answer.getJsonArray("streams").stream()
        .map(JsonObject.class::cast)
        .map(LiveExchange::entry)
        .toList();
  }

  private static JsonObject json(LiveEntry entry) {
    return new JsonObject()
        .put("app", entry.app())
        .put("stream", entry.stream())
        .put("broadcast", entry.broadcast())
        .put("state", entry.state().name())
        .put("startedAt", entry.startedAt().toString())
        .put("viewers", entry.viewers())
        .put("width", entry.width())
        .put("height", entry.height())
        .put("codecs", new JsonArray(entry.codecs()))
        .put("playlist", entry.playlist())
        .put("still", entry.still().orElse(null));
  }

  private static LiveEntry entry(JsonObject json) {
    return new LiveEntry(
        json.getString("app"),
        json.getString("stream"),
        json.getString("broadcast"),
        LiveEntry.State.valueOf(json.getString("state")),
        Instant.parse(json.getString("startedAt")),
        json.getInteger("viewers"),
        json.getInteger("width"),
        json.getInteger("height"),
        json.getJsonArray("codecs").stream().map(String.class::cast).toList(),
        json.getString("playlist"),
        Optional.ofNullable(json.getString("still")));
  }
}
