package io.millrace.ingest;

import java.io.IOException;

/** A port of the ingest cannot be opened. */
public final class PortException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final int port;

  PortException(String key, int port, Throwable cause) {
    super(cause.getMessage(), cause);
    this.key = key;
    this.port = port;
  }

  /** The setting that chooses the port. */
  public String key() {
    return key;
  }

  public int port() {
    return port;
  }
}
