package io.millrace.transcoding.protocol;

/** Bytes that are no frames of this protocol; the connection ends with them. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ProtocolException(String message) {
    super(message);
  }

  ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
