package io.millrace.validator;

/** There is nothing to validate; the message says why, for the person who asked. */
public final class CannotLookException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CannotLookException(String message) {
    super(message);
  }
}
