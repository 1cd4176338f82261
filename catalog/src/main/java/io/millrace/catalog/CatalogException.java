package io.millrace.catalog;

import java.sql.SQLException;

/** The database could not be asked: it is away, overloaded, or refused a statement. */
public final class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean away;
  private final boolean undecided;

  CatalogException(String message, boolean away, Throwable cause) {
    this(message, away, false, cause);
  }

  private CatalogException(String message, boolean away, boolean undecided, Throwable cause) {
    super(message, cause);
    this.away = away;
    this.undecided = undecided;
  }

  /** The database was asked to commit and has not said whether it did. */
  static CatalogException undecided(Throwable cause) {
    return new CatalogException("the database has not said whether it was done", true, true, cause);
  }

  /** Whether trying again later makes sense. */
  public boolean isAway() {
    return away;
  }

  /** Whether the work may have been done all the same; else nothing has been changed. */
  public boolean isUndecided() {
    return undecided;
  }

  /** The SQL state of the refused statement; empty text where there is none. */
  public String sqlState() {
    return getCause() instanceof SQLException e && e.getSQLState() != null ? e.getSQLState() : "";
  }
}
