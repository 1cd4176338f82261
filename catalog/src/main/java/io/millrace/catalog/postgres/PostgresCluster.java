package io.millrace.catalog.postgres;

import io.millrace.access.RandomToken;
import io.millrace.children.ChildCommand;
import io.millrace.children.ChildProcess;
import io.millrace.children.LeftOvers;
import io.millrace.children.ProcessIdentity;
import io.millrace.children.Signal;
import io.millrace.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a PostgreSQL ("cluster" in its own words), and who may still be at work on them. */
final class PostgresCluster {
  /** The superuser. */
  static final String USER = "millrace";

  private static final Logger LOGGER = LoggerFactory.getLogger(PostgresCluster.class);
  private static final Duration INITDB_LIMIT = Duration.ofSeconds(60);

  private final Path home;
  private final Path directory;
  private final Path passwordFile;

  /**
   * @param home gets {@code data} and {@code password}
   */
  PostgresCluster(Path home) {
    this.home = home;
    this.directory = home.resolve("data");
    this.passwordFile = home.resolve("password");
  }

  Path directory() {
    return directory;
  }

  /** The superuser's. */
  Secret password() throws IOException {
    return new Secret(Files.readString(passwordFile).strip());
  }

  /** Ends every PostgreSQL process that works in the directory. */
  void endLeftOvers() throws IOException {
    for (ProcessIdentity leftOver : LeftOvers.running("postgres", directory)) {
      LOGGER.atWarn().addKeyValue("pid", leftOver.pid()).log("ending a PostgreSQL left running");
      LeftOvers.end(leftOver, List.of(Signal.INT, Signal.QUIT));
    }
  }

  /**
   * A pid file of a server that was killed names a process that may be somebody else's by now, and
   * PostgreSQL would refuse to start. Nothing runs in the directory, so it can go. While the
   * process is gone it stays: PostgreSQL then checks the shared memory that the file names too.
   */
  void forgetStalePid() throws IOException {
    Path file = directory.resolve("postmaster.pid");
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      boolean reused =
          !lines.isEmpty()
              && lines.getFirst().strip().matches("\\d{1,10}")
              && ProcessIdentity.of(Long.parseLong(lines.getFirst().strip())).isPresent();
      if (reused || lines.isEmpty()) {
        Files.delete(file);
      }
    }
  }

  /** Makes it by {@code initdb}; it appears complete or not at all. */
  void makeIfMissing(PostgresAccount account, Path programs) throws IOException {
    if (Files.exists(directory.resolve("PG_VERSION"))) {
      return;
    }
    Path making = home.resolve("making");
    PostgresBinaries.delete(making);
    Files.createDirectory(making);
    Files.deleteIfExists(passwordFile);
    Files.createFile(
        passwordFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(passwordFile, RandomToken.generate("") + "\n");
    Path forInitdb = making.resolve("password");
    Files.copy(passwordFile, forInitdb);
    account.own(making);
    Deque<String> output = new ArrayDeque<>();
    ChildProcess initdb =
        ChildProcess.start(
            new ChildCommand(
                "initdb",
                account.command(
                    List.of(
                        programs.resolve("bin/initdb").toString(),
                        "--pgdata=" + making.resolve("data"),
                        "--username=" + USER,
                        "--pwfile=" + forInitdb,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--data-checksums",
                        "--wal-segsize=4")),
                making,
                Map.of("LC_ALL", "C"),
                List.of(Signal.INT),
                Optional.empty(),
                line -> {
                  synchronized (output) {
                    output.add(line);
                    if (output.size() > 10) {
                      output.removeFirst();
                    }
                  }
                }));
    int status = await(initdb);
    if (status != 0) {
      synchronized (output) {
        throw new PostgresException("initdb failed: " + String.join("; ", output));
      }
    }
    Files.move(making.resolve("data"), directory, StandardCopyOption.ATOMIC_MOVE);
    PostgresBinaries.delete(making);
  }

  private static int await(ChildProcess child) throws IOException {
    try {
      return child.exited().get(INITDB_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      child.stop(Duration.ZERO);
      throw new PostgresException("initdb took longer than " + INITDB_LIMIT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new PostgresException("initdb failed", e);
    } catch (InterruptedException e) {
      child.stop(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new PostgresException("interrupted", e);
    }
  }

  /** Refuses a cluster that another major version has made. */
  void requireVersion() throws IOException {
    String made = Files.readString(directory.resolve("PG_VERSION")).strip();
    String ours = PostgresBinaries.version();
    if (!ours.startsWith(made + ".")) {
      throw new PostgresException(
          directory
              + " was made by PostgreSQL "
              + made
              + " and this program carries "
              + ours
              + "; bring it over with pg_upgrade or pg_dump");
    }
  }
}
