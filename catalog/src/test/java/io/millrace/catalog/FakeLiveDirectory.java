package io.millrace.catalog;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is on air is what the test says. */
final class FakeLiveDirectory implements LiveDirectory {
  private final List<LiveEntry> entries = new CopyOnWriteArrayList<>();

  void add(LiveEntry entry) {
    entries.add(entry);
  }

  @Override
  public Future<List<LiveEntry>> live() {
    return Future.succeededFuture(List.copyOf(entries));
  }

  @Override
  public Future<Optional<LiveEntry>> find(String app, String stream) {
    return Future.succeededFuture(
        entries.stream()
            .filter(its -> its.app().equals(app) && its.stream().equals(stream))
            .findFirst());
  }

  @Override
  public Future<Optional<JsonObject>> health(String app, String stream) {
    return find(app, stream)
        .map(
            found ->
                found.map(
                    entry ->
                        new JsonObject().put("app", app).put("stream", stream).put("pace", 1.0)));
  }

  @Override
  public Future<Boolean> end(String app, String stream) {
    return Future.succeededFuture(
        entries.removeIf(its -> its.app().equals(app) && its.stream().equals(stream)));
  }
}
