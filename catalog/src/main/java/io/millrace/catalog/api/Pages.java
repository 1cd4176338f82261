package io.millrace.catalog.api;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.records.Apps;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Lists in parts: one more row than a page holds is read, to know whether there is a next one. */
final class Pages {
  private Pages() {}

  /** Rows of an app behind a name. */
  @FunctionalInterface
  interface OfApp<T> {
    List<T> page(Connection connection, String app, String after, int limit) throws SQLException;
  }

  /** A page of what belongs to the app in the path; not found where there is no such app. */
  static <T> Future<Answer> ofApp(
      Catalog catalog,
      Call call,
      OfApp<T> rows,
      Function<T, JsonObject> json,
      Function<T, String> name) {
    String app = Paths.app(call);
    String after = call.after();
    int limit = call.limit();
    call.check();
    return catalog
        .call(
            connection ->
                new Apps(connection).find(app).isEmpty()
                    ? Optional.<List<T>>empty()
                    : Optional.of(rows.page(connection, app, after, limit + 1)))
        .map(found -> answer(Paths.found(found, "app", app), limit, json, name));
  }

  static <T> Answer answer(
      List<T> rows, int limit, Function<T, JsonObject> json, Function<T, String> name) {
    JsonArray items = new JsonArray();
    rows.stream().limit(limit).map(json).forEach(items::add);
    return Answer.ok(
        new JsonObject()
            .put("items", items)
            .put("next", rows.size() > limit ? name.apply(rows.get(limit - 1)) : null));
  }
}
