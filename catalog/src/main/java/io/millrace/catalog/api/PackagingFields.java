package io.millrace.catalog.api;

import io.millrace.catalog.Packaging;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.records.PackagingChange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code ladder} and {@code windowSeconds} of tenants, apps and streams; null: not said. */
final class PackagingFields {
  private static final String LADDER = "ladder";
  private static final String WINDOW = "windowSeconds";

  private PackagingFields() {}

  static PackagingChange read(Call call, PackagingLimits limits) {
    Optional<List<String>> ladder = call.texts(LADDER);
    ladder.flatMap(limits.ladderProblem()).ifPresent(problem -> call.problem(LADDER, problem));
    Optional<Duration> window =
        call.seconds(
                WINDOW, limits.shortestWindow().toSeconds(), limits.longestWindow().toSeconds())
            .map(Duration::ofSeconds);
    return new PackagingChange(call.has(LADDER), call.has(WINDOW), new Packaging(ladder, window));
  }

  static JsonObject put(JsonObject json, Packaging packaging) {
    return json.put(LADDER, packaging.ladder().map(JsonArray::new).orElse(null))
        .put(WINDOW, packaging.window().map(Duration::toSeconds).orElse(null));
  }
}
