package io.millrace.ingest;

import io.millrace.media.StreamProfile;
import java.util.Optional;

/** The answer to a {@link PublishAttempt}. */
public sealed interface PublishDecision {
  /**
   * May publish.
   *
   * @param tenant who owns the app
   * @param key the id of the key that opened, where it was one that can be revoked
   * @param profile what is wanted of the stream
   */
  record Allowed(String tenant, Optional<String> key, StreamProfile profile)
      implements PublishDecision {
    /** By anything but such a key; packaged as the node is configured. */
    public Allowed(String tenant) {
      this(tenant, Optional.empty(), StreamProfile.CONFIGURED);
    }
  }

  /**
   * May not publish.
   *
   * @param message one sentence that the encoder shows
   */
  record Refused(String message) implements PublishDecision {}
}
