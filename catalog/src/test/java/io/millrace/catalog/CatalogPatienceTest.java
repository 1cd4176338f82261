package io.millrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.catalog.postgres.Database;
import io.millrace.catalog.records.PackagingChange;
import io.millrace.catalog.records.Tenants;
import io.millrace.testkit.FakeClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers on an event loop are told of work that takes too long, and what is done of it. */
@Timeout(60)
class CatalogPatienceTest {
  /** The transaction's check of its row waits until the commit. */
  private static final String SLOW_COMMIT =
      """
      create temp table slow (id int);
      create function pg_temp.wait() returns trigger language plpgsql
        as 'begin perform pg_sleep(1.4); return null; end';
      create constraint trigger wait after insert on slow deferrable initially deferred
        for each row execute function pg_temp.wait();
      insert into slow values (1);
      """;

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();

  @SuppressWarnings("NullAway.Init") // before each test
  private CatalogForTest server;

  @BeforeEach
  void open() throws Exception {
    server =
        CatalogForTest.open(
            directory, Map.of(), new FakeClock(Instant.parse("2026-11-21T12:00:00Z")));
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aCallerHearsWithinTwoSecondsAndAHealthCheckEndsByItself() {
    assertThat(Catalog.PATIENCE.plus(Catalog.COMMIT_PATIENCE)).isLessThan(Duration.ofSeconds(2));
    assertThat(Catalog.HEALTHY).isLessThan(Catalog.PATIENCE);
  }

  @Test
  void whatACallerGaveUpIsNotDoneAfterwards() throws Exception {
    // Each is shorter than a statement may be.
    CatalogException told = failureOfMaking("half", "select pg_sleep(1.1)", "select pg_sleep(1.1)");
    assertThat(told.isAway()).isTrue();
    assertThat(told.isUndecided()).isFalse();
    await().until(() -> server.running() == 0);
    assertThat(exists("half")).isFalse();
  }

  /** Each of the two is shorter than the patience: a request that asks who is asking, and then. */
  @Test
  void allThatIsAskedInOneNameHasOneDeadline() {
    Catalog.Deadline deadline = Catalog.Deadline.fromNow();
    Database.Work<Boolean> slow =
        c -> {
          execute(c, "select pg_sleep(1.2)");
          return true;
        };
    CatalogException told =
        failure(
            onLoop(
                () ->
                    server
                        .catalog()
                        .ask(deadline, slow)
                        .compose(done -> server.catalog().call(deadline, slow))));
    assertThat(told.isAway()).isTrue();
    assertThat(told.isUndecided()).isFalse();
  }

  @Test
  void aCommitWhoseAnswerDoesNotComeIsSaidToBeUndecided() throws Exception {
    CatalogException told = failureOfMaking("late", "select pg_sleep(1.2)", SLOW_COMMIT);
    assertThat(told.isUndecided()).isTrue();
    await().until(() -> server.running() == 0);
    assertThat(exists("late")).isTrue();
  }

  @Test
  void aStrangersPlaceIsTakenUntilTheWorkEndsNotUntilItIsGivenUp() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Database.Work<Boolean> waiting = c -> waitFor(end);
    CompletableFuture<Boolean> asked = onLoop(() -> server.catalog().ask(waiting));
    assertThat(failure(asked)).hasMessageContaining("does not answer");
    assertThat(server.catalog().placesOfStrangers()).isEqualTo(Catalog.MOST_OF_STRANGERS - 1);
    end.countDown();
    await().until(() -> server.running() == 0);
    assertThat(server.catalog().placesOfStrangers()).isEqualTo(Catalog.MOST_OF_STRANGERS);
  }

  /** Of a transaction that makes a tenant and then does this. */
  private CatalogException failureOfMaking(String tenant, String... statements) {
    return failure(
        onLoop(
            () ->
                server
                    .catalog()
                    .call(
                        c -> {
                          new Tenants(c).create(tenant, "", PackagingChange.NONE);
                          for (String sql : statements) {
                            execute(c, sql);
                          }
                          return true;
                        })));
  }

  private boolean exists(String tenant) throws Exception {
    return server
        .catalog()
        .call(c -> new Tenants(c).find(tenant).isPresent())
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private <T> CompletableFuture<T> onLoop(Supplier<Future<T>> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    context.runOnContext(
        v -> question.get().onSuccess(answer::complete).onFailure(answer::completeExceptionally));
    return answer;
  }

  private static CatalogException failure(CompletableFuture<?> answer) {
    CompletionException thrown =
        catchThrowableOfType(
            CompletionException.class, () -> answer.orTimeout(15, TimeUnit.SECONDS).join());
    return (CatalogException) thrown.getCause();
  }

  private static boolean waitFor(CountDownLatch end) throws SQLException {
    try {
      return end.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException(e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
