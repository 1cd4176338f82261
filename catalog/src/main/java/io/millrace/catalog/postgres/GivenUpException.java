package io.millrace.catalog.postgres;

import java.sql.SQLException;

/** Nobody waits for the work any more, so it was rolled back or not begun. */
public final class GivenUpException extends SQLException {
  private static final long serialVersionUID = 1L;

  GivenUpException() {
    super("nobody waits for it any more");
  }
}
