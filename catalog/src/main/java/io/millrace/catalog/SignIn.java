package io.millrace.catalog;

import io.millrace.http.Problem;
import java.time.Duration;
import java.util.Optional;

/** Whether somebody may administer. */
public sealed interface SignIn {
  /** An administrator, by the name of the account. */
  record Accepted(String account) implements SignIn {}

  /**
   * Nobody, or nobody can tell.
   *
   * @param retryAfter how long to wait, where asking again may help
   */
  record Refused(Problem problem, Optional<Duration> retryAfter) implements SignIn {}
}
