package io.millrace.catalog.postgres;

import io.millrace.children.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An unpacked PostgreSQL with an empty cluster, made once for all tests of a run: to copy it takes
 * a tenth of the time that making one takes.
 */
public final class PostgresTemplate {
  private static @Nullable Path made;

  private PostgresTemplate() {}

  /** Gives a data directory its PostgreSQL, unless it has one. */
  public static synchronized void copyInto(Path data) throws IOException {
    if (!Files.exists(data.resolve("postgres"))) {
      if (made == null) {
        made = make();
      }
      run("cp", "-a", made.resolve("postgres").toString(), data.resolve("postgres").toString());
    }
  }

  private static Path make() throws IOException {
    Path directory = Files.createTempDirectory("postgres-template");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
    try (DataDirectory data = DataDirectory.open(directory)) {
      EmbeddedPostgres.start(data).close();
    }
    return directory;
  }

  private static void delete(Path directory) {
    try {
      PostgresBinaries.delete(directory);
    } catch (IOException e) {
      System.err.println(directory + " is left: " + e);
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
