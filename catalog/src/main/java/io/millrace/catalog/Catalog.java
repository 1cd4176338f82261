package io.millrace.catalog;

import io.millrace.access.AccessConfig;
import io.millrace.catalog.postgres.CommitGate;
import io.millrace.catalog.postgres.Database;
import io.millrace.catalog.postgres.DatabaseAddress;
import io.millrace.catalog.postgres.EmbeddedPostgres;
import io.millrace.catalog.postgres.GivenUpException;
import io.millrace.children.DataDirectory;
import io.millrace.http.OutageLog;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tenants, apps, streams, keys and accounts in PostgreSQL. Work runs on virtual threads, each in
 * one transaction; its Future completes on the caller's Vert.x context where there is one.
 * Thread-safe.
 */
public final class Catalog implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Catalog.class);
  private static final Duration OUTAGE_PERIOD = Duration.ofSeconds(10);

  /** Transactions that run or wait at once; more are turned away. */
  private static final int MOST_WAITING = 512;

  /** Of these, those that strangers may cause. */
  static final int MOST_OF_STRANGERS = 64;

  /**
   * How long a caller on an event loop waits for all of the work, with the wait for a connection.
   * Work that has not begun to commit by then is rolled back.
   */
  static final Duration PATIENCE = Duration.ofMillis(1800);

  /**
   * Until when one caller waits, for all that is asked in its name.
   *
   * @param nanos of {@link System#nanoTime}
   */
  public record Deadline(long nanos) {
    /** The whole patience, from now on. */
    public static Deadline fromNow() {
      return new Deadline(System.nanoTime() + PATIENCE.toNanos());
    }

    private long leftMillis() {
      return TimeUnit.NANOSECONDS.toMillis(nanos - System.nanoTime());
    }
  }

  /** How much longer a commit that is under way is waited for, before its outcome is unknown. */
  static final Duration COMMIT_PATIENCE = Duration.ofMillis(150);

  /** For one question of a health check; less than {@link #PATIENCE}. In whole seconds. */
  static final Duration HEALTHY = Duration.ofSeconds(1);

  private final Database database;
  private final Optional<EmbeddedPostgres> embedded;
  private final CatalogMetrics metrics;
  private final Semaphore room = new Semaphore(MOST_WAITING);
  private final Semaphore roomOfStrangers = new Semaphore(MOST_OF_STRANGERS);
  private final Optional<FirstStart> firstStart;
  private final OutageLog outage = new OutageLog(OUTAGE_PERIOD);

  /** Of room for more; nobody says when there is some again, since that changes all the time. */
  private final OutageLog crowd = new OutageLog(OUTAGE_PERIOD);

  private Catalog(
      Database database,
      Optional<EmbeddedPostgres> embedded,
      CatalogMetrics metrics,
      Optional<FirstStart> firstStart) {
    this.database = database;
    this.embedded = embedded;
    this.metrics = metrics;
    this.firstStart = firstStart;
  }

  /**
   * Starts the embedded PostgreSQL, unless a database is configured, brings the schema up to date
   * and makes what a first start makes. Blocks, for some seconds the first time: call it on a
   * virtual thread.
   *
   * @param data holds the embedded one's files
   * @throws IOException with words for the operator
   */
  public static Catalog open(
      CatalogConfig config,
      AccessConfig access,
      DataDirectory data,
      CatalogMetrics metrics,
      InstantSource clock)
      throws IOException {
    Optional<EmbeddedPostgres> embedded =
        config.url().isPresent() ? Optional.empty() : Optional.of(EmbeddedPostgres.start(data));
    @Nullable Database database = null;
    try {
      Supplier<DatabaseAddress> address =
          () ->
              embedded
                  .map(EmbeddedPostgres::address)
                  .orElseGet(
                      () ->
                          new DatabaseAddress(
                              config.url().orElseThrow(), config.user(), config.password()));
      database = Database.open(address, config.poolSize(), config.startTimeout());
      Optional<FirstStart> made =
          database.transact(
              connection -> new Furnishing(connection, access, clock.instant()).furnish());
      return new Catalog(database, embedded, metrics, made);
    } catch (IOException | SQLException | RuntimeException e) {
      if (database != null) {
        database.close();
      }
      if (embedded.isPresent()) {
        embedded.get().close();
      }
      throw e instanceof IOException io
          ? io
          : new IOException("the catalogue cannot be opened: " + e.getMessage(), e);
    }
  }

  /** What this start made, when it was the first. */
  public Optional<FirstStart> firstStart() {
    return firstStart;
  }

  /**
   * Runs work in a transaction of its own. A caller on a Vert.x context hears within two seconds. A
   * failure means that nothing was or will be done, unless it is {@linkplain
   * CatalogException#isUndecided() undecided}: a commit whose answer did not come.
   *
   * @return fails with {@link CatalogException} when the database is away, hangs or refuses, or
   *     with what the work threw unchecked
   */
  public <T> Future<T> call(Database.Work<T> work) {
    return call(Deadline.fromNow(), work);
  }

  /** As {@link #call(Database.Work)}, for a caller that has waited already. */
  public <T> Future<T> call(Deadline until, Database.Work<T> work) {
    return room.tryAcquire() ? start(until, work, room::release) : turnedAway();
  }

  /**
   * As {@link #call(Database.Work)}, for questions that anybody may cause, with or without a
   * credential: fewer of them run at once, so that a flood leaves room for administrators.
   */
  public <T> Future<T> ask(Database.Work<T> work) {
    return ask(Deadline.fromNow(), work);
  }

  /** As {@link #ask(Database.Work)}, for a caller that has waited already. */
  public <T> Future<T> ask(Deadline until, Database.Work<T> work) {
    if (!roomOfStrangers.tryAcquire()) {
      return turnedAway();
    }
    if (!room.tryAcquire()) {
      roomOfStrangers.release();
      return turnedAway();
    }
    return start(
        until,
        work,
        () -> {
          room.release();
          roomOfStrangers.release();
        });
  }

  /**
   * @param leave gives the work's places back, when the work has ended; its caller may have given
   *     up long before
   */
  private <T> Future<T> start(Deadline until, Database.Work<T> work, Runnable leave) {
    metrics.started();
    @Nullable Context context = Vertx.currentContext();
    Promise<T> promise = Promise.promise();
    CommitGate gate = new CommitGate();
    Thread.ofVirtual()
        .name("catalog")
        .start(
            () -> {
              Future<T> outcome = outcome(work, gate, leave);
              if (context == null) {
                outcome.onComplete(promise);
              } else {
                context.runOnContext(
                    v -> outcome.onComplete(promise::tryComplete, promise::tryFail));
              }
            });
    if (context != null) {
      giveUpInTime(context.owner(), until, promise, gate);
    }
    return promise.future();
  }

  private static void giveUpInTime(
      Vertx vertx, Deadline until, Promise<?> promise, CommitGate gate) {
    long timer =
        vertx.setTimer(
            Math.max(1, until.leftMillis()),
            late -> {
              if (gate.giveUp()) {
                promise.tryFail(
                    new CatalogException("the database does not answer", true, late(PATIENCE)));
              } else {
                waitForCommit(vertx, promise);
              }
            });
    promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private static void waitForCommit(Vertx vertx, Promise<?> promise) {
    long timer =
        vertx.setTimer(
            COMMIT_PATIENCE.toMillis(),
            late ->
                promise.tryFail(CatalogException.undecided(late(PATIENCE.plus(COMMIT_PATIENCE)))));
    promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private static TimeoutException late(Duration limit) {
    return new TimeoutException("no answer within " + limit.toMillis() + " ms");
  }

  /** How many more questions of strangers may run now. */
  int placesOfStrangers() {
    return roomOfStrangers.availablePermits();
  }

  private <T> Future<T> turnedAway() {
    metrics.turnedAway();
    crowd
        .failed(System.nanoTime())
        .ifPresent(
            times ->
                LOGGER
                    .atWarn()
                    .addKeyValue("refused", times)
                    .log("too much is asked of the catalogue at once"));
    return Future.failedFuture(
        new CatalogException("too much is asked of the catalogue", true, new IOException("busy")));
  }

  /** Answers a health check: whether the database answers. */
  public Future<Boolean> isHealthy() {
    return call(connection -> connection.isValid(Math.toIntExact(HEALTHY.toSeconds())))
        .otherwise(false);
  }

  /** The embedded database's process id; negative when it is not running, or not ours. */
  public long databasePid() {
    return embedded.map(EmbeddedPostgres::pid).orElse(-1L);
  }

  /** Closes the pool and stops the embedded PostgreSQL. Blocks. */
  @Override
  public void close() throws IOException {
    database.close();
    if (embedded.isPresent()) {
      embedded.get().close();
    }
  }

  private <T> Future<T> outcome(Database.Work<T> work, CommitGate gate, Runnable leave) {
    long start = System.nanoTime();
    String outcome = "refused";
    try {
      T result = database.transact(work, gate);
      outcome = "committed";
      answered();
      return Future.succeededFuture(result);
    } catch (GivenUpException e) {
      outcome = "given-up";
      missed("too slow");
      return Future.failedFuture(new CatalogException("the database does not answer", true, e));
    } catch (SQLException e) {
      boolean away = Database.isAway(e);
      outcome = away ? "away" : "refused";
      if (away) {
        missed(String.valueOf(e.getMessage()));
      } else {
        answered();
      }
      return Future.failedFuture(failure(e, away, gate.isCommitting()));
    } catch (RuntimeException | Error e) {
      // An error too: whoever waits must hear of it.
      return Future.failedFuture(e);
    } finally {
      leave.run();
      metrics.ended(outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private void answered() {
    outage
        .answered()
        .ifPresent(
            times ->
                LOGGER.atInfo().addKeyValue("missed", times).log("the database answers again"));
  }

  private void missed(String reason) {
    outage
        .failed(System.nanoTime())
        .ifPresent(
            times ->
                LOGGER
                    .atWarn()
                    .addKeyValue("reason", reason)
                    .addKeyValue("missed", times)
                    .log("the database does not answer; what is not remembered is refused"));
  }

  private static CatalogException failure(SQLException e, boolean away, boolean committing) {
    if (away && committing) {
      return CatalogException.undecided(e);
    }
    return new CatalogException(
        away ? "the database cannot be reached" : "the database refused: " + e.getMessage(),
        away,
        e);
  }
}
