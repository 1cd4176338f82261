package io.millrace.catalog.postgres;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The embedded PostgreSQL cannot run here; the message says why, and what to do about it. */
public final class PostgresException extends IOException {
  private static final long serialVersionUID = 1L;

  PostgresException(String message) {
    this(message, null);
  }

  PostgresException(String message, @Nullable Throwable cause) {
    super(
        "the embedded PostgreSQL cannot be started: "
            + message
            + " (or set database.url to one of your own)",
        cause);
  }
}
