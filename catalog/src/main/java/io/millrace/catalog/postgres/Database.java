package io.millrace.catalog.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.millrace.config.Secret;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * A bounded pool of connections to a migrated database. A lost database is looked for again at each
 * use, so work goes on when it is back. Thread-safe; everything blocks, so virtual threads call.
 */
public final class Database implements AutoCloseable {
  /** Where all tables are. */
  public static final String SCHEMA = "catalog";

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);

  /** A statement that was broken off at its limit, and a lock that was not to be had in time. */
  private static final Set<String> TOO_LATE = Set.of("57014", "55P03");

  /** The database itself breaks a longer statement off, and gives up waiting for a lock. */
  private static final Duration STATEMENT_LIMIT = Duration.ofMillis(1500);

  /** Longer than a statement's limit: for a database that does not answer at all. */
  private static final Duration SOCKET_LIMIT = Duration.ofSeconds(10);

  private static final String LIMITS =
      "set statement_timeout = %1$d; set lock_timeout = %1$d; set idle_in_transaction_session_timeout = %2$d"
          .formatted(STATEMENT_LIMIT.toMillis(), SOCKET_LIMIT.toMillis());

  private final HikariDataSource pool;

  private Database(HikariDataSource pool) {
    this.pool = pool;
  }

  /** Work on one connection, in one transaction. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Waits for the database, brings its schema up to date and opens the pool.
   *
   * @param address asked for each new connection
   * @param startTimeout how long to wait while it cannot be reached; a wrong password is not waited
   *     for
   * @throws IOException with the reason in words
   */
  public static Database open(
      Supplier<DatabaseAddress> address, int poolSize, Duration startTimeout) throws IOException {
    AddressedDataSource source = new AddressedDataSource(address, Database::properties);
    awaitReachable(source, startTimeout);
    migrate(source);
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setSchema(SCHEMA);
    config.setConnectionInitSql(LIMITS);
    // Else what LIMITS sets would end with the first transaction that is rolled back.
    config.setIsolateInternalQueries(true);
    config.setAutoCommit(false);
    config.setMaximumPoolSize(poolSize);
    config.setMinimumIdle(1);
    config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
    config.setConnectionTimeout(CONNECT_LIMIT.toMillis());
    config.setPoolName(SCHEMA);
    config.setInitializationFailTimeout(-1);
    return new Database(new HikariDataSource(config));
  }

  /**
   * Runs work in a transaction: committed when it returns, rolled back when it throws.
   *
   * @throws SQLException what the work threw, or that no connection could be had
   */
  public <T> T transact(Work<T> work) throws SQLException {
    return transact(work, new CommitGate());
  }

  /**
   * As {@link #transact(Work)}, for a caller who may give up: what was given up in time is never
   * committed, and not begun where a connection was still waited for.
   *
   * @throws GivenUpException when nothing was done because the gate was closed
   */
  public <T> T transact(Work<T> work, CommitGate gate) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      try {
        if (gate.isGivenUp()) {
          throw new GivenUpException();
        }
        T result = work.on(connection);
        if (!gate.mayCommit()) {
          throw new GivenUpException();
        }
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /**
   * Whether an error says that the database is away or too slow, rather than that the statement is
   * wrong.
   */
  public static boolean isAway(SQLException e) {
    String state = e.getSQLState();
    return state == null
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("53")
        || TOO_LATE.contains(state)
        || e instanceof java.sql.SQLTransientConnectionException;
  }

  private static void rollBack(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** On connections of its own, for a migration may take longer than a statement otherwise may. */
  private static void migrate(DataSource source) throws IOException {
    try {
      Flyway.configure()
          .dataSource(source)
          .schemas(SCHEMA)
          .defaultSchema(SCHEMA)
          .createSchemas(true)
          .locations("classpath:io/millrace/catalog/migrations")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new IOException("the database's schema cannot be brought up to date: " + e, e);
    }
  }

  private static void awaitReachable(DataSource source, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try (Connection connection = source.getConnection()) {
        requireVersion(connection);
        return;
      } catch (SQLException e) {
        if (!isAway(e) || System.nanoTime() > deadline) {
          throw new IOException("the database cannot be used: " + e.getMessage(), e);
        }
      }
      try {
        Thread.sleep(Duration.ofMillis(250));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for the database", e);
      }
    }
  }

  private static void requireVersion(Connection connection) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < 15) {
      throw new SQLException("PostgreSQL 15 or newer is needed, this is " + version, "0A000");
    }
  }

  private static Properties properties(DatabaseAddress address) {
    Properties properties = new Properties();
    address.user().ifPresent(user -> properties.setProperty("user", user));
    address.password().map(Secret::reveal).ifPresent(p -> properties.setProperty("password", p));
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_LIMIT.toSeconds()));
    properties.setProperty("socketTimeout", String.valueOf(SOCKET_LIMIT.toSeconds()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("ApplicationName", "millrace");
    return properties;
  }
}
