package io.millrace.broker.log;

/** The log cannot do something. The message is fit for people and holds no secret. */
public final class LogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why; few values, fit for a metric's label. */
  public enum Reason {
    /** More bytes wait for the log than the configuration allows: try later. */
    OVERLOADED,
    /** The log does not answer, or its disk is full. */
    UNAVAILABLE,
    /** The message is longer than the namespace allows. */
    TOO_LARGE,
    /** There is no such namespace, or none any more. */
    NO_SUCH_NAMESPACE,
    /** The cluster does not do what was asked. */
    REFUSED
  }

  private final Reason reason;

  public LogException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public LogException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
