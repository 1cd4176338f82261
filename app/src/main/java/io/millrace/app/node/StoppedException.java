package io.millrace.app.node;

/** The process was told to end before the node had started; what had started is stopped again. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedException(Throwable cause) {
    super("stopped before the node had started", cause);
  }
}
