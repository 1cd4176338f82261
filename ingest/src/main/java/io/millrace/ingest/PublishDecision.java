package io.millrace.ingest;

import java.util.Optional;

/** The answer to a {@link PublishAttempt}. */
public sealed interface PublishDecision {
  /**
   * May publish.
   *
   * @param tenant who owns the app
   * @param key the id of the key that opened, where it was one that can be revoked
   */
  record Allowed(String tenant, Optional<String> key) implements PublishDecision {
    /** By anything but such a key. */
    public Allowed(String tenant) {
      this(tenant, Optional.empty());
    }
  }

  /**
   * May not publish.
   *
   * @param message one sentence that the encoder shows
   */
  record Refused(String message) implements PublishDecision {}
}
