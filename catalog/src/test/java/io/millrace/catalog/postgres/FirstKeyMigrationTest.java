package io.millrace.catalog.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.children.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which keys open public after an upgrade of a catalogue that was made before keys opened topics.
 */
@Timeout(60)
class FirstKeyMigrationTest {
  @TempDir static Path directory;

  private static DataDirectory data;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws IOException {
    PostgresTemplate.copyInto(directory);
    data = DataDirectory.open(directory);
    postgres = EmbeddedPostgres.start(data);
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
    data.close();
  }

  @BeforeEach
  void aCatalogueOfTheFirstVersion() throws SQLException {
    execute("drop schema if exists catalog cascade");
    migrateTo("1");
    execute("insert into catalog.tenant (name) values ('default')");
    execute(
        "insert into catalog.app (name, tenant, playback) values ('live', 'default', 'public')");
  }

  @Test
  void theFirstKeyAndNoLaterOneOfItsLabel() throws Exception {
    key("first-made", 1, "null", "null");
    key("of-its-label", 2, "null", "null");
    key("of-a-stream", 3, "'cam1'", "null");

    assertThat(openPublic()).containsExactly("first-made");
  }

  @Test
  void theSuccessorOfAFirstKeyThatWasRotated() throws Exception {
    key("rotated", 1, "null", "now() - interval '1 hour'");
    key("again", 2, "null", "now() - interval '1 minute'");
    key("successor", 3, "null", "null");
    key("of-its-label", 4, "null", "null");

    assertThat(openPublic()).containsExactly("rotated", "successor");
  }

  @Test
  void bothWhileAFirstKeyAndItsSuccessorOverlap() throws Exception {
    key("rotated", 1, "null", "now() + interval '1 hour'");
    key("successor", 2, "null", "now() + interval '30 days'");

    assertThat(openPublic()).containsExactly("rotated", "successor");
  }

  @Test
  void theSuccessorTooWhereTheSecondVersionHasOpenedItToTheRotatedOne() throws Exception {
    key("rotated", 1, "null", "now() - interval '1 hour'");
    key("successor", 2, "null", "null");
    migrateTo("2");
    assertThat(keysThatOpenPublic()).containsExactly("rotated");

    assertThat(openPublic()).containsExactly("rotated", "successor");
  }

  private static void key(String id, int minute, String stream, String expiresAt)
      throws SQLException {
    execute(
        ("insert into catalog.publish_key (id, tenant, app, stream, hash, label, created_at,"
                + " expires_at) values ('%s', 'default', 'live', %s, sha256('%s'), 'first',"
                + " timestamptz '2026-11-21 12:%02d:00Z', %s)")
            .formatted(id, stream, id, minute, expiresAt));
  }

  /** After the upgrade to what a start makes of it. */
  private static List<String> openPublic() throws Exception {
    Database.open(postgres::address, 1, Duration.ofSeconds(10)).close();
    return keysThatOpenPublic();
  }

  private static List<String> keysThatOpenPublic() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select id from catalog.publish_key where publish_topics = '{public/#}'"
                    + " and subscribe_topics = '{public/#}' and history_topics = '{public/#}'"
                    + " order by created_at")) {
      List<String> ids = new ArrayList<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    }
  }

  private static void migrateTo(String version) {
    DatabaseAddress address = postgres.address();
    Flyway.configure()
        .dataSource(
            address.jdbcUrl(),
            address.user().orElseThrow(),
            address.password().orElseThrow().reveal())
        .schemas(Database.SCHEMA)
        .defaultSchema(Database.SCHEMA)
        .createSchemas(true)
        .locations("classpath:io/millrace/catalog/migrations")
        .target(version)
        .load()
        .migrate();
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect() throws SQLException {
    DatabaseAddress address = postgres.address();
    Properties properties = new Properties();
    address.user().ifPresent(user -> properties.setProperty("user", user));
    address.password().ifPresent(its -> properties.setProperty("password", its.reveal()));
    return DriverManager.getConnection(address.jdbcUrl(), properties);
  }
}
