package io.millrace.app.bridges;

import io.millrace.catalog.AssetEntry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How an origin tells other nodes what it has recorded: {@code {"assets": […]}}. */
final class AssetExchange {
  private AssetExchange() {}

  static JsonObject write(List<AssetEntry> entries) {
    JsonArray assets = new JsonArray();
    entries.forEach(entry -> assets.add(json(entry)));
    return new JsonObject().put("assets", assets);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws RuntimeException when it is anything else
   */
  static List<AssetEntry> read(JsonObject answer) {
    return answer.getJsonArray("assets").stream()
        .map(JsonObject.class::cast)
        .map(AssetExchange::entry)
        .toList();
  }

  static JsonObject json(AssetEntry entry) {
    return new JsonObject()
        .put("id", entry.id())
        .put("app", entry.app())
        .put("stream", entry.stream())
        .put("startedAt", entry.startedAt().toString())
        .put("endedAt", entry.endedAt().toString())
        .put("millis", entry.duration().toMillis())
        .put("bytes", entry.bytes())
        .put("width", entry.width())
        .put("height", entry.height())
        .put("pinned", entry.pinned())
        .put("playlist", entry.playlist());
  }

  static AssetEntry entry(JsonObject json) {
    return new AssetEntry(
        json.getString("id"),
        json.getString("app"),
        json.getString("stream"),
        Instant.parse(json.getString("startedAt")),
        Instant.parse(json.getString("endedAt")),
        Duration.ofMillis(json.getLong("millis")),
        json.getLong("bytes"),
        json.getInteger("width"),
        json.getInteger("height"),
        json.getBoolean("pinned"),
        json.getString("playlist"));
  }
}
