package io.millrace.catalog;

import io.millrace.access.AccessConfig;
import io.millrace.access.PasswordHash;
import io.millrace.access.Playback;
import io.millrace.access.PublishKey;
import io.millrace.access.RandomToken;
import io.millrace.access.StaticKeyRules;
import io.millrace.catalog.records.Account;
import io.millrace.catalog.records.Accounts;
import io.millrace.catalog.records.ApiTokens;
import io.millrace.catalog.records.Apps;
import io.millrace.catalog.records.Key;
import io.millrace.catalog.records.KeyScope;
import io.millrace.catalog.records.PackagingChange;
import io.millrace.catalog.records.PublishKeys;
import io.millrace.catalog.records.Revocations;
import io.millrace.catalog.records.Tenants;
import io.millrace.config.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a start puts into the catalogue. The first: the tenant {@code default}, its app {@code
 * live}, an administrator and a publish key. Every one: the password and the key that the
 * configuration chose are those that count; a key that it chose before and no longer names is gone.
 */
final class Furnishing {
  static final String ADMINISTRATOR = "admin";

  /** The id of the key that the configuration chose. */
  static final String CONFIGURED_KEY = "configured";

  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(30);
  private static final long LOCK = 0x4d494c4c52414345L;

  private final Connection connection;
  private final AccessConfig access;
  private final Instant now;

  Furnishing(Connection connection, AccessConfig access, Instant now) {
    this.connection = connection;
    this.access = access;
    this.now = now;
  }

  /** Empty when this was not the first start. */
  Optional<FirstStart> furnish() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Two nodes may start on one new database at once.
      statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
    }
    boolean first = new Tenants(connection).find(StaticKeyRules.TENANT).isEmpty();
    Optional<FirstStart> made = first ? Optional.of(makeFirst()) : Optional.empty();
    if (!first) {
      keepPassword();
      new PublishKeys(connection).deleteExpired(now.minus(KEPT_AFTER_EXPIRY));
      new ApiTokens(connection).deleteExpired(now.minus(KEPT_AFTER_EXPIRY));
      new Revocations(connection).deleteExpired(now.minus(Revocations.KEPT_AFTER_EXPIRY));
    }
    keepConfiguredKey();
    return made;
  }

  private FirstStart makeFirst() throws SQLException {
    Playback playback =
        Optional.ofNullable(access.apps().get(AccessConfig.FIRST_APP))
            .map(AccessConfig.StaticApp::playback)
            .orElse(Playback.PUBLIC);
    new Tenants(connection).create(StaticKeyRules.TENANT, "", PackagingChange.NONE);
    new Apps(connection)
        .create(AccessConfig.FIRST_APP, StaticKeyRules.TENANT, "", playback, PackagingChange.NONE);
    Optional<Secret> password =
        access.adminPassword().isPresent()
            ? Optional.empty()
            : Optional.of(new Secret(RandomToken.generate("").substring(0, 20)));
    new Accounts(connection)
        .create(
            ADMINISTRATOR,
            StaticKeyRules.TENANT,
            Account.ADMINISTRATOR,
            PasswordHash.of(password.or(access::adminPassword).orElseThrow().reveal()));
    Optional<Secret> key =
        access.publishKey().isPresent()
            ? Optional.empty()
            : Optional.of(new Secret(PublishKey.generate()));
    if (key.isPresent()) {
      new PublishKeys(connection)
          .create(
              AccessConfig.FIRST_APP,
              KeyScope.ofFirstKey(),
              "first",
              PublishKey.hash(key.get().reveal()),
              Optional.empty());
    }
    return new FirstStart(ADMINISTRATOR, password, key);
  }

  private void keepPassword() throws SQLException {
    if (access.adminPassword().isEmpty()) {
      return;
    }
    Accounts accounts = new Accounts(connection);
    String chosen = access.adminPassword().get().reveal();
    Optional<Account> account = accounts.find(ADMINISTRATOR);
    if (account.isPresent() && !PasswordHash.matches(chosen, account.get().passwordHash())) {
      accounts.changePassword(ADMINISTRATOR, PasswordHash.of(chosen));
    }
  }

  private void keepConfiguredKey() throws SQLException {
    PublishKeys keys = new PublishKeys(connection);
    Optional<byte[]> chosen = access.publishKey().map(key -> PublishKey.hash(key.reveal()));
    Optional<Key> same = chosen.isPresent() ? keys.withHash(chosen.get()) : Optional.empty();
    if (same.map(Key::id).filter(CONFIGURED_KEY::equals).isPresent()) {
      return;
    }
    keys.delete(AccessConfig.FIRST_APP, CONFIGURED_KEY);
    if (chosen.isPresent() && same.isEmpty()) {
      keys.create(
          CONFIGURED_KEY,
          AccessConfig.FIRST_APP,
          KeyScope.ofFirstKey(),
          "from the configuration",
          chosen.get(),
          Optional.empty());
    }
  }
}
