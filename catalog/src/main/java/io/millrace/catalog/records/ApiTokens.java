package io.millrace.catalog.records;

import io.millrace.access.RandomToken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table of API tokens, in one transaction. */
public final class ApiTokens {
  /** How the secret of each begins. */
  public static final String PREFIX = "mt_";

  private final Sql sql;

  public ApiTokens(Connection connection) {
    this.sql = new Sql(connection);
  }

  /** Keeps a new token's hash for an account. */
  public ApiToken create(String account, String label, byte[] hash, Instant expiresAt)
      throws SQLException {
    return sql.first(
            "insert into api_token (id, tenant, account, label, hash, expires_at)"
                + " select ?, tenant, name, ?, ?, ? from account where name = ? returning *",
            ApiTokens::token,
            RandomToken.generate("token_"),
            label,
            hash,
            expiresAt,
            account)
        .orElseThrow();
  }

  /** The account that an unexpired token with this hash stands for. */
  public Optional<String> accountOf(byte[] hash, Instant now) throws SQLException {
    return sql.first(
        "select account from api_token where hash = ? and expires_at > ?",
        row -> row.getString(1),
        hash,
        now);
  }

  /** The unexpired token with this hash. */
  public Optional<ApiToken> find(byte[] hash, Instant now) throws SQLException {
    return sql.first(
        "select * from api_token where hash = ? and expires_at > ?", ApiTokens::token, hash, now);
  }

  /** Those of these ids whose tokens are there and have not expired. */
  public Set<String> good(Set<String> ids, Instant now) throws SQLException {
    return Set.copyOf(
        sql.list(
            "select id from api_token where id = any (?) and expires_at > ?",
            row -> row.getString(1),
            ids.toArray(String[]::new),
            now));
  }

  public List<ApiToken> page(String account, String after, int limit) throws SQLException {
    return sql.list(
        "select * from api_token where account = ? and id > ? order by id limit ?",
        ApiTokens::token,
        account,
        after,
        limit);
  }

  public boolean delete(String account, String id) throws SQLException {
    return sql.update("delete from api_token where account = ? and id = ?", account, id) > 0;
  }

  /** Forgets tokens that ended before this time. */
  public int deleteExpired(Instant before) throws SQLException {
    return sql.update("delete from api_token where expires_at < ?", before);
  }

  private static ApiToken token(ResultSet row) throws SQLException {
    return new ApiToken(
        row.getString("id"),
        row.getString("tenant"),
        row.getString("account"),
        row.getString("label"),
        Sql.instant(row, "created_at"),
        Sql.instant(row, "expires_at"));
  }
}
