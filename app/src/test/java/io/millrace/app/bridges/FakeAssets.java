package io.millrace.app.bridges;

import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetEntry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Recordings that a test makes up. */
final class FakeAssets implements AssetDirectory {
  private final Map<String, AssetEntry> entries = new TreeMap<>();

  /** One of a show on an app. */
  AssetEntry add(String id, String app) {
    return put(id, app, false);
  }

  private AssetEntry put(String id, String app, boolean pinned) {
    AssetEntry entry =
        new AssetEntry(
            id,
            app,
            "show",
            Instant.parse("2026-11-23T12:00:00Z"),
            Instant.parse("2026-11-23T12:01:30Z"),
            Duration.ofMillis(90_123),
            123_456_789_012L,
            1280,
            720,
            pinned,
            "/play/vod/" + id + "/index.m3u8");
    entries.put(id, entry);
    return entry;
  }

  @Override
  public Future<List<AssetEntry>> assets() {
    return Future.succeededFuture(List.copyOf(entries.values()).reversed());
  }

  @Override
  public Future<Optional<AssetEntry>> asset(String id) {
    return Future.succeededFuture(Optional.ofNullable(entries.get(id)));
  }

  @Override
  public Future<Optional<AssetEntry>> pin(String id, boolean pinned) {
    return asset(id).map(found -> found.map(entry -> put(id, entry.app(), pinned)));
  }

  @Override
  public Future<Boolean> remove(String id) {
    return Future.succeededFuture(entries.remove(id) != null);
  }
}
