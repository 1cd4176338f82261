package io.millrace.ingest;

/** The answer to a {@link PublishAttempt}. */
public sealed interface PublishDecision {
  /**
   * May publish.
   *
   * @param tenant who owns the app
   */
  record Allowed(String tenant) implements PublishDecision {}

  /**
   * May not publish.
   *
   * @param message one sentence that the encoder shows
   */
  record Refused(String message) implements PublishDecision {}
}
