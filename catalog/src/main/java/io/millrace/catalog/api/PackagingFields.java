package io.millrace.catalog.api;

import io.millrace.catalog.Packaging;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.TrackNaming;
import io.millrace.catalog.records.PackagingChange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code ladder}, {@code windowSeconds} and {@code languages} of tenants, apps and streams; null:
 * not said.
 */
final class PackagingFields {
  private static final String LADDER = "ladder";
  private static final String WINDOW = "windowSeconds";
  private static final String LANGUAGES = "languages";

  private PackagingFields() {}

  static PackagingChange read(Call call, PackagingLimits limits) {
    Optional<List<String>> ladder = call.texts(LADDER);
    ladder.flatMap(limits.ladderProblem()).ifPresent(problem -> call.problem(LADDER, problem));
    Optional<Duration> window =
        call.seconds(
                WINDOW, limits.shortestWindow().toSeconds(), limits.longestWindow().toSeconds())
            .map(Duration::ofSeconds);
    Optional<Map<String, TrackNaming>> languages = languages(call, limits);
    return new PackagingChange(
        call.has(LADDER),
        call.has(WINDOW),
        call.has(LANGUAGES),
        new Packaging(ladder, window, languages));
  }

  /** The ladder that is wanted of a file. */
  static Optional<List<String>> importLadder(Call call, PackagingLimits limits) {
    Optional<List<String>> ladder = call.texts(LADDER);
    ladder
        .flatMap(limits.importLadderProblem())
        .ifPresent(problem -> call.problem(LADDER, problem));
    return ladder;
  }

  static Optional<Map<String, TrackNaming>> languages(Call call, PackagingLimits limits) {
    Optional<Map<String, TrackNaming>> languages = languages(call);
    languages
        .flatMap(limits.languagesProblem())
        .ifPresent(problem -> call.problem(LANGUAGES, problem));
    return languages;
  }

  private static Optional<Map<String, TrackNaming>> languages(Call call) {
    Map<String, Object> said = call.object(LANGUAGES);
    if (said.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TrackNaming.parse(new JsonObject(said)));
    } catch (IllegalArgumentException e) {
      call.problem(LANGUAGES, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  static JsonObject put(JsonObject json, Packaging packaging) {
    return json.put(LADDER, packaging.ladder().map(JsonArray::new).orElse(null))
        .put(WINDOW, packaging.window().map(Duration::toSeconds).orElse(null))
        .put(LANGUAGES, packaging.languages().map(TrackNaming::toJson).orElse(null));
  }
}
