package io.millrace.edge;

/** The answer to a {@link PlayAttempt}. */
public sealed interface PlayDecision {
  /** May be played. */
  record Allowed() implements PlayDecision {}

  /**
   * May not be played.
   *
   * @param status 401 (a token would help), 403, or 503 when it could not be decided
   * @param message one sentence for the viewer
   */
  record Refused(int status, String message) implements PlayDecision {}
}
