package io.millrace.catalog.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.children.DataDirectory;
import io.millrace.children.ProcessIdentity;
import io.millrace.config.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedPostgresTest {
  /** One for all tests: the first start unpacks and makes the cluster. */
  @TempDir static Path directory;

  @Test
  void keepsWhatWasCommittedOverAStopAndIsDurable() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory)) {
      try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
        execute(postgres.address(), "create table kept as select 42 as answer");
        assertThat(query(postgres.address(), "show fsync")).isEqualTo("on");
        assertThat(query(postgres.address(), "show synchronous_commit")).isEqualTo("on");
        assertThat(query(postgres.address(), "show data_checksums")).isEqualTo("on");
        assertThat(query(postgres.address(), "show server_encoding")).isEqualTo("UTF8");
        assertThat(query(postgres.address(), "select datcollate from pg_database limit 1"))
            .isEqualTo("C");
      }
      try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
        assertThat(query(postgres.address(), "select answer from kept")).isEqualTo("42");
      }
    }
  }

  @Test
  void refusesAWrongPasswordAtOnce() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      DatabaseAddress wrong =
          new DatabaseAddress(
              postgres.address().jdbcUrl(),
              postgres.address().user(),
              Optional.of(new Secret("guess")));

      assertThatThrownBy(() -> Database.open(() -> wrong, 2, Duration.ofSeconds(30)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void isStartedAgainOnTheSamePortWhenItIsKilled() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
      long first = postgres.pid();
      execute(postgres.address(), "create table before_the_kill as select 7 as answer");

      ProcessHandle.of(first).orElseThrow().destroyForcibly();

      await().until(() -> postgres.pid() > 0 && postgres.pid() != first);
      await()
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(query(postgres.address(), "select answer from before_the_kill"))
                      .isEqualTo("7"));
    }
  }

  @Test
  void takesAnotherPortWhenItsOwnIsTakenWhileItIsDown() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres::address, 2, Duration.ofSeconds(30))) {
      DatabaseAddress before = postgres.address();
      int port = URI.create(before.jdbcUrl().substring("jdbc:".length())).getPort();
      try (ServerSocket thief = new ServerSocket()) {
        await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(2))
            .ignoreExceptions()
            .until(
                () -> {
                  ProcessHandle.of(postgres.pid()).ifPresent(ProcessHandle::destroyForcibly);
                  thief.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                  return true;
                });

        await().atMost(Duration.ofSeconds(30)).until(() -> !postgres.address().equals(before));
        await()
            .atMost(Duration.ofSeconds(30))
            .ignoreExceptions()
            .until(() -> database.transact(connection -> connection.isValid(1)));
      }
    }
  }

  @Test
  void theDatabaseItselfBreaksOffWhatTakesTooLong() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory);
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        Database database = Database.open(postgres::address, 1, Duration.ofSeconds(30))) {
      Database.Work<String> limit =
          connection -> {
            try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show statement_timeout")) {
              row.next();
              return row.getString(1);
            }
          };
      Database.Work<String> failing =
          connection -> {
            throw new SQLException("no");
          };

      assertThatThrownBy(() -> database.transact(failing)).hasMessage("no");
      assertThat(database.transact(limit)).isEqualTo("1500ms");
    }
  }

  @Test
  void goesOnAfterItsServerWasKilledWithoutEverBeingTwo() throws Exception {
    Process server =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PostgresServerForTest.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> words = List.of(output.readLine().split(" ", -1));
      ProcessIdentity postmaster = ProcessIdentity.of(Long.parseLong(words.get(0))).orElseThrow();
      DatabaseAddress address =
          new DatabaseAddress(
              words.get(1), Optional.of("millrace"), Optional.of(new Secret(words.get(2))));
      execute(address, "create table acknowledged as select 1 as answer");

      server.destroyForcibly();
      server.waitFor();

      try (DataDirectory data = DataDirectory.open(directory);
          EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
        assertThat(postmaster.isRunning()).isFalse();
        assertThat(query(postgres.address(), "select answer from acknowledged")).isEqualTo("1");
      }
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void startsThoughItsPidFileNamesAProcessOfSomebodyElse() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory)) {
      EmbeddedPostgres.start(data).close();
      Files.writeString(
          directory.resolve("postgres/data/postmaster.pid"),
          ProcessHandle.current().pid() + "\n/elsewhere\n");

      try (EmbeddedPostgres postgres = EmbeddedPostgres.start(data)) {
        assertThat(query(postgres.address(), "select 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void saysWhenTheClusterIsFromAnotherVersion() throws Exception {
    try (DataDirectory data = DataDirectory.open(directory)) {
      EmbeddedPostgres.start(data).close();
      Path version = directory.resolve("postgres/data/PG_VERSION");
      String right = Files.readString(version);
      Files.writeString(version, "12\n");
      try {
        assertThatThrownBy(() -> EmbeddedPostgres.start(data))
            .isInstanceOf(PostgresException.class)
            .hasMessageContaining("was made by PostgreSQL 12")
            .hasMessageContaining("database.url");
      } finally {
        Files.writeString(version, right);
      }
    }
  }

  @Test
  void findsTheSystemsAccountToRunAsWhereThereAreNoUserNamespaces() {
    List<String> passwd =
        List.of("root:x:0:0:root:/root:/bin/sh", "nobody:x:65534:65533:nobody:/:/bin/false");

    assertThat(PostgresAccount.systemAccount(passwd))
        .hasValueSatisfying(
            account -> {
              assertThat(account.owner()).isEqualTo(65534);
              assertThat(account.prefix()).contains("--reuid=65534", "--regid=65533");
            });
    assertThat(PostgresAccount.systemAccount(List.of())).isEmpty();
  }

  private static void execute(DatabaseAddress address, String sql) throws SQLException {
    try (Connection connection = connect(address);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(DatabaseAddress address, String sql) throws SQLException {
    try (Connection connection = connect(address);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static Connection connect(DatabaseAddress address) throws SQLException {
    return DriverManager.getConnection(
        address.jdbcUrl(), address.user().orElseThrow(), address.password().orElseThrow().reveal());
  }
}
