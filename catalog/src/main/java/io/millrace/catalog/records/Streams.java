package io.millrace.catalog.records;

import io.millrace.catalog.Packaging;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of streams, in one transaction. */
public final class Streams {
  private final Sql sql;

  public Streams(Connection connection) {
    this.sql = new Sql(connection);
  }

  /** Empty where there is no such app. */
  public Optional<Stream> create(String app, String name, String title, PackagingChange packaging)
      throws SQLException {
    return sql.first(
        "insert into stream (tenant, app, name, title, ladder, window_seconds, languages)"
            + " select tenant, name, ?, ?, ?::text[], ?::integer, ?::jsonb from app where name = ?"
            + " returning *",
        Streams::stream,
        name,
        title,
        packaging.ladderOrNull(),
        packaging.secondsOrNull(),
        packaging.languagesOrNull(),
        app);
  }

  public Optional<Stream> find(String app, String name) throws SQLException {
    return sql.first("select * from stream where app = ? and name = ?", Streams::stream, app, name);
  }

  /** The titles of those of these streams that there are. */
  public Map<StreamAddress, String> titles(Set<StreamAddress> streams) throws SQLException {
    List<StreamAddress> order = List.copyOf(streams);
    Map<StreamAddress, String> titles = new HashMap<>();
    sql.list(
            "select app, name, title from stream"
                + " join unnest(?::text[], ?::text[]) as wanted (app, name) using (app, name)",
            row ->
                Map.entry(
                    new StreamAddress(row.getString("app"), row.getString("name")),
                    row.getString("title")),
            order.stream().map(StreamAddress::app).toArray(String[]::new),
            order.stream().map(StreamAddress::stream).toArray(String[]::new))
        .forEach(row -> titles.put(row.getKey(), row.getValue()));
    return titles;
  }

  /**
   * How these streams are packaged, by what they, their apps and their tenants say; a stream need
   * not have been made.
   */
  public Map<StreamAddress, Packaging> packaging(Set<StreamAddress> streams) throws SQLException {
    List<StreamAddress> order = List.copyOf(streams);
    Map<StreamAddress, Packaging> packaging = new HashMap<>();
    sql.list(
            "select wanted.app, wanted.name,"
                + " coalesce(stream.ladder, app.ladder, tenant.ladder) as ladder,"
                + " coalesce(stream.window_seconds, app.window_seconds, tenant.window_seconds)"
                + " as window_seconds,"
                + " coalesce(stream.languages, app.languages, tenant.languages) as languages"
                + " from unnest(?::text[], ?::text[]) as wanted (app, name)"
                + " join app on app.name = wanted.app join tenant on tenant.name = app.tenant"
                + " left join stream on stream.app = wanted.app and stream.name = wanted.name",
            row ->
                Map.entry(
                    new StreamAddress(row.getString("app"), row.getString("name")),
                    Sql.packaging(row)),
            order.stream().map(StreamAddress::app).toArray(String[]::new),
            order.stream().map(StreamAddress::stream).toArray(String[]::new))
        .forEach(row -> packaging.put(row.getKey(), row.getValue()));
    return packaging;
  }

  /** In the order of their names (bytewise), behind {@code after}. */
  public List<Stream> page(String app, String after, int limit) throws SQLException {
    return sql.list(
        "select * from stream where app = ? and name collate \"C\" > ?"
            + " order by name collate \"C\" limit ?",
        Streams::stream,
        app,
        after,
        limit);
  }

  /** Changes what is given. */
  public Optional<Stream> change(
      String app, String name, Optional<String> title, PackagingChange packaging)
      throws SQLException {
    return sql.first(
        "update stream set title = coalesce(?, title), "
            + PackagingChange.SET
            + " where app = ? and name = ? returning *",
        Streams::stream,
        packaging.between(new @Nullable Object[] {title.orElse(null)}, app, name));
  }

  public boolean delete(String app, String name) throws SQLException {
    return sql.update("delete from stream where app = ? and name = ?", app, name) > 0;
  }

  private static Stream stream(ResultSet row) throws SQLException {
    return new Stream(
        row.getString("tenant"),
        row.getString("app"),
        row.getString("name"),
        row.getString("title"),
        Sql.packaging(row),
        Sql.instant(row, "created_at"));
  }
}
