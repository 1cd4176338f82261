package io.millrace.client.wire;

import java.io.IOException;

/** What the server sent is not a frame of the protocol. */
public final class MalformedFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedFrameException(String message) {
    super(message);
  }

  MalformedFrameException(String message, Throwable cause) {
    super(message, cause);
  }
}
