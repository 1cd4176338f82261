package io.millrace.catalog.records;

import io.millrace.access.PublishLimits;
import io.millrace.access.RandomToken;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicPattern;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table of publish keys, in one transaction. */
public final class PublishKeys {
  private final Sql sql;

  public PublishKeys(Connection connection) {
    this.sql = new Sql(connection);
  }

  /** Keeps the hash of a new key of streams; empty where there is no such app. */
  public Optional<Key> create(
      String app, Optional<String> stream, String label, byte[] hash, Optional<Instant> expiresAt)
      throws SQLException {
    return create(app, KeyScope.streams(stream), label, hash, expiresAt);
  }

  /** Keeps a new key's hash; empty where there is no such app. */
  public Optional<Key> create(
      String app, KeyScope opens, String label, byte[] hash, Optional<Instant> expiresAt)
      throws SQLException {
    return create(RandomToken.generate("key_"), app, opens, label, hash, expiresAt);
  }

  /** As the other, under an id of the caller's choice. */
  public Optional<Key> create(
      String id, String app, KeyScope opens, String label, byte[] hash, Optional<Instant> expiresAt)
      throws SQLException {
    return sql.first(
        "insert into publish_key (id, tenant, app, stream, topics_only, publish_topics,"
            + " subscribe_topics, history_topics, messages_per_second, bytes_per_second, label,"
            + " hash, expires_at)"
            + " select ?, tenant, name, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? from app where name = ?"
            + " returning *",
        PublishKeys::key,
        id,
        opens.stream().orElse(null),
        opens.topicsOnly(),
        texts(opens.topics().publish()),
        texts(opens.topics().subscribe()),
        texts(opens.topics().history()),
        limit(opens.limits().messagesPerSecond()),
        limit(opens.limits().bytesPerSecond()),
        label,
        hash,
        expiresAt.orElse(null),
        app);
  }

  public Optional<Key> find(String app, String id) throws SQLException {
    return sql.first(
        "select * from publish_key where app = ? and id = ?", PublishKeys::key, app, id);
  }

  /** The key with this hash, expired or not. */
  public Optional<Key> withHash(byte[] hash) throws SQLException {
    return sql.first("select * from publish_key where hash = ?", PublishKeys::key, hash);
  }

  /**
   * The keys with these hashes, expired or not.
   *
   * @param hashes in hexadecimal, which the answer has too
   */
  public Map<String, Key> withHashes(Set<String> hashes) throws SQLException {
    Map<String, Key> keys = new HashMap<>();
    for (String hash : hashes) {
      withHash(HexFormat.of().parseHex(hash)).ifPresent(key -> keys.put(hash, key));
    }
    return keys;
  }

  /** Those of these ids whose keys open something. */
  public Set<String> good(Set<String> ids, Instant now) throws SQLException {
    return Set.copyOf(
        sql.list(
            "select id from publish_key"
                + " where id = any (?) and (expires_at is null or expires_at > ?)",
            row -> row.getString("id"),
            ids.toArray(String[]::new),
            now));
  }

  public List<Key> page(String app, String after, int limit) throws SQLException {
    return sql.list(
        "select * from publish_key where app = ? and id > ? order by id limit ?",
        PublishKeys::key,
        app,
        after,
        limit);
  }

  /** Lets a key end, no later than it would anyway. */
  public void expire(String id, Instant at) throws SQLException {
    sql.update(
        "update publish_key set expires_at = least(coalesce(expires_at, ?), ?) where id = ?",
        at,
        at,
        id);
  }

  public boolean delete(String app, String id) throws SQLException {
    return sql.update("delete from publish_key where app = ? and id = ?", app, id) > 0;
  }

  /** Forgets keys that ended before this time. */
  public int deleteExpired(Instant before) throws SQLException {
    return sql.update("delete from publish_key where expires_at < ?", before);
  }

  private static Key key(ResultSet row) throws SQLException {
    return new Key(
        row.getString("id"),
        row.getString("tenant"),
        row.getString("app"),
        new KeyScope(
            Optional.ofNullable(row.getString("stream")),
            row.getBoolean("topics_only"),
            TopicCapabilities.of(
                Sql.texts(row, "publish_topics"),
                Sql.texts(row, "subscribe_topics"),
                Optional.of(Sql.texts(row, "history_topics"))),
            new PublishLimits(limit(row, "messages_per_second"), limit(row, "bytes_per_second"))),
        row.getString("label"),
        Sql.instant(row, "created_at"),
        Sql.optionalInstant(row, "expires_at"));
  }

  private static String[] texts(List<TopicPattern> patterns) {
    return patterns.stream().map(TopicPattern::toString).toArray(String[]::new);
  }

  private static @Nullable Long limit(long perSecond) {
    return perSecond == PublishLimits.UNLIMITED ? null : perSecond;
  }

  private static long limit(ResultSet row, String column) throws SQLException {
    long perSecond = row.getLong(column);
    return row.wasNull() ? PublishLimits.UNLIMITED : perSecond;
  }
}
