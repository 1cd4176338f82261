package io.millrace.app.bridges;

import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetEntry;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.millrace.packager.Recordings;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** What this node has recorded, for the catalogue and the edge. Thread-safe. */
public final class AssetFacts implements AssetDirectory {
  private final Recordings recordings;

  public AssetFacts(Recordings recordings) {
    this.recordings = recordings;
  }

  @Override
  public Future<List<AssetEntry>> assets() {
    return Future.succeededFuture(recordings.all().stream().map(AssetFacts::entry).toList());
  }

  @Override
  public Future<Optional<AssetEntry>> asset(String id) {
    return idOf(id)
        .map(known -> recordings.find(known).map(found -> found.map(AssetFacts::entry)))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  @Override
  public Future<Optional<AssetEntry>> pin(String id, boolean pinned) {
    return idOf(id)
        .map(known -> recordings.pin(known, pinned).map(found -> found.map(AssetFacts::entry)))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  @Override
  public Future<Boolean> remove(String id) {
    return idOf(id).map(recordings::remove).orElseGet(() -> Future.succeededFuture(false));
  }

  private static Optional<BroadcastId> idOf(String id) {
    try {
      return Optional.of(new BroadcastId(id));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static AssetEntry entry(Asset asset) {
    return new AssetEntry(
        asset.id().value(),
        asset.stream().app(),
        asset.stream().stream(),
        asset.startedAt(),
        asset.endedAt(),
        asset.duration(),
        asset.bytes(),
        asset.width(),
        asset.height(),
        asset.pinned(),
        "/play/vod/" + asset.id() + "/index.m3u8",
        asset.title(),
        clip(asset.source()));
  }

  private static Optional<AssetEntry.Clip> clip(AssetSource source) {
    return switch (source) {
      case AssetSource.Whole _ -> Optional.empty();
      case AssetSource.Clip clip ->
          Optional.of(
              new AssetEntry.Clip(
                  clip.of().value(), clip.from(), clip.to(), clip.begins(), clip.ends()));
    };
  }
}
