package io.millrace.http;

/** A listener cannot open; the message names the configuration key and what to do. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
