package io.millrace.access;

/** The answer to an {@link AccessRequest}. */
public sealed interface AccessDecision {
  /**
   * May be done.
   *
   * @param tenant who owns the app
   */
  record Allowed(String tenant) implements AccessDecision {}

  /**
   * May not be done.
   *
   * @param reason for metrics and for whoever turns it into a protocol's error
   * @param message one sentence for the person at the encoder or player; tells nothing that helps
   *     to guess a credential
   */
  record Refused(Reason reason, String message) implements AccessDecision {}

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
