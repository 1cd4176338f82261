package io.millrace.catalog.records;

import io.millrace.access.Playback;
import io.millrace.config.ValueText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table of apps, in one transaction. */
public final class Apps {
  private final Sql sql;

  public Apps(Connection connection) {
    this.sql = new Sql(connection);
  }

  public App create(
      String name, String tenant, String title, Playback playback, PackagingChange packaging)
      throws SQLException {
    return sql.first(
            "insert into app (name, tenant, title, playback, ladder, window_seconds, languages)"
                + " values (?, ?, ?, ?, ?::text[], ?::integer, ?::jsonb) returning *",
            Apps::app,
            name,
            tenant,
            title,
            ValueText.word(playback),
            packaging.ladderOrNull(),
            packaging.secondsOrNull(),
            packaging.languagesOrNull())
        .orElseThrow();
  }

  public Optional<App> find(String name) throws SQLException {
    return sql.first("select * from app where name = ?", Apps::app, name);
  }

  /** Those of these names that there are. */
  public Map<String, App> named(Set<String> names) throws SQLException {
    return sql
        .list(
            "select * from app where name = any (?)",
            Apps::app,
            (Object) names.toArray(String[]::new))
        .stream()
        .collect(Collectors.toMap(App::name, Function.identity()));
  }

  /**
   * In the order of their names.
   *
   * @param tenant whose; empty: everybody's
   * @param after the name to go on behind; empty: from the start
   */
  public List<App> page(Optional<String> tenant, String after, int limit) throws SQLException {
    return sql.list(
        "select * from app where name > ? and (tenant = ? or ?) order by name limit ?",
        Apps::app,
        after,
        tenant.orElse(""),
        tenant.isEmpty(),
        limit);
  }

  /** Changes what is given. */
  public Optional<App> change(
      String name, Optional<String> title, Optional<Playback> playback, PackagingChange packaging)
      throws SQLException {
    return sql.first(
        "update app set title = coalesce(?, title), playback = coalesce(?, playback), "
            + PackagingChange.SET
            + " where name = ? returning *",
        Apps::app,
        packaging.between(
            new @Nullable Object[] {title.orElse(null), playback.map(ValueText::word).orElse(null)},
            name));
  }

  /** Deletes an app with its streams and keys. */
  public boolean delete(String name) throws SQLException {
    return sql.update("delete from app where name = ?", name) > 0;
  }

  private static App app(ResultSet row) throws SQLException {
    return new App(
        row.getString("name"),
        row.getString("tenant"),
        row.getString("title"),
        Playback.valueOf(row.getString("playback").toUpperCase(Locale.ROOT)),
        Sql.packaging(row),
        Sql.instant(row, "created_at"));
  }
}
