package io.millrace.catalog;

import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes clips of what has been recorded: what this module needs from whoever records. It judges who
 * asks, and they answer in the words of the API's description. Thread-safe, never blocks; fails
 * while nobody can tell.
 */
public interface AssetClips {
  /**
   * Makes one.
   *
   * @param asset the id of an asset, or of a broadcast that is on air
   * @param body as it was sent
   * @param key the {@code Idempotency-Key} that came with it: the same body with the same key is
   *     the same clip, for some minutes
   */
  Future<Answer> make(String asset, JsonObject body, Optional<String> key);

  /** What comes of it. */
  sealed interface Answer {}

  /** It is there. */
  record Made(AssetEntry asset) implements Answer {}

  /** It will be there. */
  record BeingMade(String id) implements Answer {}

  /**
   * There will be none.
   *
   * @param retryAfter when the same may be asked again
   */
  record Refused(Problem problem, List<FieldProblem> fields, Optional<Duration> retryAfter)
      implements Answer {}
}
