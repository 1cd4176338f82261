package io.millrace.media;

/**
 * Well-formed input that this server cannot carry; the message is fit to be shown to its sender.
 */
public final class UnsupportedMediaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsupportedMediaException(String message) {
    super(message);
  }
}
