package io.millrace.storage;

import org.jspecify.annotations.Nullable;

/** The store could not do what was asked. */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What an operator has to act on; the word is also a metric's label. */
  public enum Reason {
    /** No room is left. */
    FULL,
    /** The store does not answer, or refuses us. */
    UNAVAILABLE,
    /** What is stored cannot be read. */
    DAMAGED
  }

  private final Reason reason;

  public StorageException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
