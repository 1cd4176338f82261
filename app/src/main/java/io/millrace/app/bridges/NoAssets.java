package io.millrace.app.bridges;

import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetEntry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** What a node that knows no origin knows of recordings: there are none. */
public final class NoAssets implements AssetDirectory {
  @Override
  public Future<List<AssetEntry>> assets() {
    return Future.succeededFuture(List.of());
  }

  @Override
  public Future<Optional<AssetEntry>> asset(String id) {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Optional<AssetEntry>> pin(String id, boolean pinned) {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Boolean> remove(String id) {
    return Future.succeededFuture(false);
  }
}
