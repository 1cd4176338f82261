package io.millrace.app.bridges;

import io.millrace.catalog.AssetEntry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How an origin tells other nodes what it has recorded: {@code {"assets": […]}}. */
final class AssetExchange {
  private static final String CLIP = "clip";

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
    JsonObject json = new JsonObject();
    entry
        .clip()
        .ifPresent(
            clip ->
                json.put(
                    CLIP,
                    new JsonObject()
                        .put("of", clip.of())
                        .put("fromNanos", clip.from().toNanos())
                        .put("toNanos", clip.to().toNanos())
                        .put("beginsNanos", clip.begins().toNanos())
                        .put("endsNanos", clip.ends().toNanos())));
    return json.put("id", entry.id())
        .put("app", entry.app())
        .put("stream", entry.stream())
        .put("startedAt", entry.startedAt().toString())
        .put("endedAt", entry.endedAt().toString())
        .put("millis", entry.duration().toMillis())
        .put("bytes", entry.bytes())
        .put("width", entry.width())
        .put("height", entry.height())
        .put("pinned", entry.pinned())
        .put("playlist", entry.playlist())
        .put("title", entry.title());
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
        json.getString("playlist"),
        json.getString("title", ""),
        Optional.ofNullable(json.getJsonObject(CLIP)).map(AssetExchange::clip));
  }

  private static AssetEntry.Clip clip(JsonObject json) {
    return new AssetEntry.Clip(
        json.getString("of"),
        Duration.ofNanos(json.getLong("fromNanos")),
        Duration.ofNanos(json.getLong("toNanos")),
        Duration.ofNanos(json.getLong("beginsNanos")),
        Duration.ofNanos(json.getLong("endsNanos")));
  }
}
