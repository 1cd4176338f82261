package io.millrace.catalog.records;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The table of accounts, in one transaction. */
public final class Accounts {
  private final Sql sql;

  public Accounts(Connection connection) {
    this.sql = new Sql(connection);
  }

  public void create(String name, String tenant, String role, String passwordHash)
      throws SQLException {
    sql.update(
        "insert into account (name, tenant, role, password_hash) values (?, ?, ?, ?)",
        name,
        tenant,
        role,
        passwordHash);
  }

  public Optional<Account> find(String name) throws SQLException {
    return sql.first("select * from account where name = ?", Accounts::account, name);
  }

  /**
   * Changes a password and forgets the account's API tokens: whoever changes it because somebody
   * else knew it wants that one out.
   */
  public boolean changePassword(String name, String passwordHash) throws SQLException {
    sql.update("delete from api_token where account = ?", name);
    return sql.update("update account set password_hash = ? where name = ?", passwordHash, name)
        > 0;
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        row.getString("name"),
        row.getString("tenant"),
        row.getString("role"),
        row.getString("password_hash"),
        Sql.instant(row, "created_at"));
  }
}
