package io.millrace.catalog;

import io.millrace.catalog.postgres.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A table of the catalogue that nobody else can read until this is closed, or for a while. */
final class LockedTable implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 30;

  private final Catalog catalog;
  private final String table;
  private final CountDownLatch locked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final CompletableFuture<Boolean> held;

  /**
   * Returns when it is locked.
   *
   * @param forWaiters how long those who want to read it wait; until this is closed where empty
   */
  LockedTable(Catalog catalog, String table, Optional<Duration> forWaiters)
      throws InterruptedException {
    this.catalog = catalog;
    this.table = table;
    this.held = run(connection -> hold(connection, forWaiters));
    if (!locked.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(table + " cannot be locked");
    }
  }

  /** How many wait for it. */
  int waiters() {
    return run(this::waiters).orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Whether it can be read again. */
  boolean isFree() {
    return held.isDone();
  }

  @Override
  public void close() {
    closed.countDown();
    held.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
  }

  private boolean hold(Connection connection, Optional<Duration> forWaiters) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table " + table + " in access exclusive mode");
      locked.countDown();
      if (forWaiters.isEmpty()) {
        return closed.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
      }
      while (waiters(connection) == 0 && !closed.await(5, TimeUnit.MILLISECONDS)) {}
      return closed.await(forWaiters.get().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException(e);
    }
  }

  private int waiters(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select count(*) from pg_locks where not granted and relation = '"
                    + table
                    + "'::regclass")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** Off Vert.x's threads, so that nobody loses patience. */
  private <T> CompletableFuture<T> run(Database.Work<T> work) {
    return catalog.call(work).toCompletionStage().toCompletableFuture();
  }
}
