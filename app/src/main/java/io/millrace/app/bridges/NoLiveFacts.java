package io.millrace.app.bridges;

import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What a node without the role origin knows of live streams: none are its own. */
public final class NoLiveFacts implements LiveDirectory {
  @Override
  public Future<List<LiveEntry>> live() {
    return Future.succeededFuture(List.of());
  }

  @Override
  public Future<Optional<LiveEntry>> find(String app, String stream) {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Optional<JsonObject>> health(String app, String stream) {
    return Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Boolean> end(String app, String stream) {
    return Future.succeededFuture(false);
  }
}
