package io.millrace.catalog.postgres;

import io.millrace.children.DataDirectory;
import java.nio.file.Path;
import java.time.Duration;

/** A server in a process of its own, to be killed: starts PostgreSQL and waits for ever. */
final class PostgresServerForTest {
  private PostgresServerForTest() {}

  /** Prints the JDBC URL and the password once it runs. */
  public static void main(String[] args) throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start(DataDirectory.open(Path.of(args[0])));
    DatabaseAddress address = postgres.address();
    System.out.println(
        postgres.pid() + " " + address.jdbcUrl() + " " + address.password().orElseThrow().reveal());
    System.out.flush();
    Thread.sleep(Duration.ofMinutes(2));
  }
}
