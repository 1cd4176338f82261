package io.millrace.catalog.records;

import io.millrace.access.RevokedToken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The table of revoked tokens, in one transaction. Bounded. */
public final class Revocations {
  /** More rows are not taken. */
  public static final int MOST = 100_000;

  /** More than any two clocks that have to agree on a token's end are apart. */
  public static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(1);

  private final Sql sql;

  public Revocations(Connection connection) {
    this.sql = new Sql(connection);
  }

  /**
   * Revokes a token, and forgets those that ended long ago. Others who want to wait until the
   * transaction has ended, so that numbers are in the order of the commits.
   *
   * @return empty when there are too many
   */
  public Optional<Revocation> revoke(String account, RevokedToken token, Instant now)
      throws SQLException {
    sql.update("lock table revoked_token in share row exclusive mode");
    deleteExpired(now.minus(KEPT_AFTER_EXPIRY));
    return sql.first(
        "insert into revoked_token (jti, tenant, account, revoked_at, expires_at)"
            + " select ?, tenant, name, ?, ? from account where name = ?"
            + " and ((select count(*) from revoked_token) < ?"
            + " or exists (select from revoked_token where jti = ?))"
            + " on conflict (jti) do update set number = default,"
            + " expires_at = greatest(revoked_token.expires_at, excluded.expires_at)"
            + " returning *",
        Revocations::revocation,
        token.jti(),
        now,
        token.expiresAt(),
        account,
        MOST,
        token.jti());
  }

  /** What has changed after the change with this number, in order. */
  public List<Revocation> since(long number, int limit) throws SQLException {
    return sql.list(
        "select * from revoked_token where number > ? order by number limit ?",
        Revocations::revocation,
        number,
        limit);
  }

  /** Those that have not ended at this time, in the order of their changes. */
  public List<Revocation> page(long after, int limit, Instant now) throws SQLException {
    return sql.list(
        "select * from revoked_token where number > ? and expires_at > ? order by number limit ?",
        Revocations::revocation,
        after,
        now,
        limit);
  }

  /** Forgets tokens that ended before this time. */
  public int deleteExpired(Instant before) throws SQLException {
    return sql.update("delete from revoked_token where expires_at < ?", before);
  }

  private static Revocation revocation(ResultSet row) throws SQLException {
    return new Revocation(
        row.getLong("number"),
        new RevokedToken(row.getString("jti"), Sql.instant(row, "expires_at")),
        row.getString("account"),
        Sql.instant(row, "revoked_at"));
  }
}
