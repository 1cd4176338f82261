package io.millrace.catalog.records;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The table of streams, in one transaction. */
public final class Streams {
  private final Sql sql;

  public Streams(Connection connection) {
    this.sql = new Sql(connection);
  }

  /** Empty where there is no such app. */
  public Optional<Stream> create(String app, String name, String title) throws SQLException {
    return sql.first(
        "insert into stream (tenant, app, name, title)"
            + " select tenant, name, ?, ? from app where name = ? returning *",
        Streams::stream,
        name,
        title,
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

  public Optional<Stream> retitle(String app, String name, String title) throws SQLException {
    return sql.first(
        "update stream set title = ? where app = ? and name = ? returning *",
        Streams::stream,
        title,
        app,
        name);
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
        Sql.instant(row, "created_at"));
  }
}
