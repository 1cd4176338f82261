package io.millrace.catalog;

import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The cue points and timed metadata of streams on air: what this module needs from whoever packages
 * them. It judges who asks, and they answer in the words of the API's description. Thread-safe,
 * never blocks; fails while nobody can tell.
 */
public interface StreamCues {
  /** What is asked. */
  enum Action {
    /** All cue points. */
    LIST,
    /** Make one. */
    MAKE,
    /** One of them ends at a time. */
    END_AT,
    /** One of them ends now, or is not to be. */
    END,
    /** Something is told to players at a moment. */
    TELL
  }

  /**
   * @param id of the cue point; empty where none is meant
   * @param body as it was sent
   */
  Future<Answer> ask(Action action, String app, String stream, String id, JsonObject body);

  /** What comes of it. */
  sealed interface Answer {}

  /**
   * @param status 200 or 201
   */
  record Done(int status, JsonObject body) implements Answer {}

  /**
   * @param retryAfter when the same may be asked again
   */
  record Refused(Problem problem, List<FieldProblem> fields, Optional<Duration> retryAfter)
      implements Answer {}
}
