package io.millrace.catalog.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** Lists in parts: one more row than a page holds is read, to know whether there is a next one. */
final class Pages {
  private Pages() {}

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
