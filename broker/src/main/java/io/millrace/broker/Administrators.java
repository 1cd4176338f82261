package io.millrace.broker;

import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;

/** Says whether a request comes from an administrator. Thread-safe. */
@FunctionalInterface
public interface Administrators {
  /** What came of asking. */
  sealed interface Decision {}

  /**
   * An administrator.
   *
   * @param account for logs
   */
  record Allowed(String account) implements Decision {}

  /**
   * Nobody who may administer.
   *
   * @param retryAfter how long to wait, where asking again may help
   */
  record Refused(Problem problem, Optional<Duration> retryAfter) implements Decision {}

  /** Called on the request's event loop; completes there, and fails only where nobody can tell. */
  Future<Decision> decide(HttpServerRequest request);
}
