package io.millrace.catalog.records;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of tenants, in one transaction. */
public final class Tenants {
  private final Sql sql;

  public Tenants(Connection connection) {
    this.sql = new Sql(connection);
  }

  public Tenant create(String name, String title, PackagingChange packaging) throws SQLException {
    return sql.first(
            "insert into tenant (name, title, ladder, window_seconds, languages)"
                + " values (?, ?, ?::text[], ?::integer, ?::jsonb) returning *",
            Tenants::tenant,
            name,
            title,
            packaging.ladderOrNull(),
            packaging.secondsOrNull(),
            packaging.languagesOrNull())
        .orElseThrow();
  }

  public Optional<Tenant> find(String name) throws SQLException {
    return sql.first("select * from tenant where name = ?", Tenants::tenant, name);
  }

  /**
   * In the order of their names.
   *
   * @param after the name to go on behind; empty: from the start
   */
  public List<Tenant> page(String after, int limit) throws SQLException {
    return sql.list(
        "select * from tenant where name > ? order by name limit ?", Tenants::tenant, after, limit);
  }

  /** Changes what is given. */
  public Optional<Tenant> change(String name, Optional<String> title, PackagingChange packaging)
      throws SQLException {
    return sql.first(
        "update tenant set title = coalesce(?, title), "
            + PackagingChange.SET
            + " where name = ? returning *",
        Tenants::tenant,
        packaging.between(new @Nullable Object[] {title.orElse(null)}, name));
  }

  /**
   * @throws SQLException with state 23503 while it still owns something
   */
  public boolean delete(String name) throws SQLException {
    return sql.update("delete from tenant where name = ?", name) > 0;
  }

  private static Tenant tenant(ResultSet row) throws SQLException {
    return new Tenant(
        row.getString("name"),
        row.getString("title"),
        Sql.packaging(row),
        Sql.instant(row, "created_at"));
  }
}
