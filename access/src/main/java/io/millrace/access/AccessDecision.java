package io.millrace.access;

import java.util.Optional;

/** The answer to an {@link AccessRequest}. */
public sealed interface AccessDecision {
  /**
   * May be done.
   *
   * @param tenant who owns the app
   * @param key the id of the key that opened, where it was one that can be revoked
   */
  record Allowed(String tenant, Optional<String> key) implements AccessDecision {
    /** By anything but such a key. */
    public Allowed(String tenant) {
      this(tenant, Optional.empty());
    }
  }

  /**
   * May not be done.
   *
   * @param reason for metrics and for whoever turns it into a protocol's error
   * @param message one sentence for the person at the encoder, player or client; tells nothing that
   *     helps to guess a credential
   */
  record Refused(Reason reason, String message) implements AccessDecision, TopicDecision {}

  /** Why not; few values, fit for a metric's label. */
  enum Reason {
    NO_CREDENTIAL,
    WRONG_CREDENTIAL,
    EXPIRED,
    NO_SUCH_APP,
    NOT_ALLOWED,
    /** Whoever decides could not be asked: closed is the safe side. */
    UNDECIDED
  }
}
