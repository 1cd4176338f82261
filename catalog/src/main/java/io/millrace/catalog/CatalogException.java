package io.millrace.catalog;

import java.sql.SQLException;

/** The database could not be asked: it is away, overloaded, or refused a statement. */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean away;

  CatalogException(String message, boolean away, Throwable cause) {
    super(message, cause);
    this.away = away;
  }

  /** Whether trying again later makes sense. */
  public boolean isAway() {
    return away;
  }

  /** The SQL state of the refused statement; empty text where there is none. */
  public String sqlState() {
    return getCause() instanceof SQLException e && e.getSQLState() != null ? e.getSQLState() : "";
  }
}
