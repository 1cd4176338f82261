package io.millrace.catalog;

import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What has been recorded is what the test says. */
final class FakeAssetDirectory implements AssetDirectory {
  private final List<AssetEntry> entries = new CopyOnWriteArrayList<>();

  void add(AssetEntry entry) {
    entries.add(entry);
  }

  @Override
  public Future<List<AssetEntry>> assets() {
    return Future.succeededFuture(
        entries.stream().sorted(Comparator.comparing(AssetEntry::id).reversed()).toList());
  }

  @Override
  public Future<Optional<AssetEntry>> asset(String id) {
    return Future.succeededFuture(entries.stream().filter(its -> its.id().equals(id)).findFirst());
  }

  @Override
  public Future<Optional<AssetEntry>> pin(String id, boolean pinned) {
    return asset(id)
        .map(
            found ->
                found.map(
                    entry -> {
                      AssetEntry changed =
                          new AssetEntry(
                              entry.id(),
                              entry.app(),
                              entry.stream(),
                              entry.startedAt(),
                              entry.endedAt(),
                              entry.duration(),
                              entry.bytes(),
                              entry.width(),
                              entry.height(),
                              pinned,
                              entry.playlist());
                      entries.set(entries.indexOf(entry), changed);
                      return changed;
                    }));
  }

  @Override
  public Future<Boolean> remove(String id) {
    return Future.succeededFuture(entries.removeIf(its -> its.id().equals(id)));
  }
}
