package io.millrace.catalog.postgres;

import io.millrace.children.ChildCommand;
import io.millrace.children.ChildProcess;
import io.millrace.children.DataDirectory;
import io.millrace.children.Signal;
import io.millrace.config.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own in a child process, on {@code {data}/postgres}: {@code bin-{version}} its
 * programs, {@code data} its cluster, {@code password} the superuser's. Every commit is on disk
 * before it is acknowledged. It listens on loopback only, on a port that is chosen at each start
 * and kept when it has to be started again, unless another program has taken it meanwhile; that
 * happens by itself, with a growing pause.
 *
 * <p>Never two on one directory: the caller holds the {@link DataDirectory}'s lock, and whatever an
 * earlier server left running in the cluster's directory is ended before a start. Thread-safe;
 * {@link #start} and {@link #close} block.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);
  private static final int START_ATTEMPTS = 3;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** Durable, and small: an idle server with 40 possible connections. */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("listen_addresses", "127.0.0.1"),
          Map.entry("unix_socket_directories", ""),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("shared_buffers", "32MB"),
          Map.entry("max_connections", "40"),
          Map.entry("superuser_reserved_connections", "2"),
          Map.entry("work_mem", "4MB"),
          Map.entry("max_wal_size", "128MB"),
          Map.entry("min_wal_size", "32MB"),
          Map.entry("wal_level", "minimal"),
          Map.entry("max_wal_senders", "0"),
          Map.entry("io_method", "sync"),
          Map.entry("max_worker_processes", "2"),
          Map.entry("max_parallel_workers", "0"),
          Map.entry("max_logical_replication_workers", "0"),
          Map.entry("autovacuum_max_workers", "1"),
          Map.entry("jit", "off"),
          Map.entry("logging_collector", "off"),
          Map.entry("log_destination", "stderr"),
          Map.entry("timezone", "UTC"));

  private final DataDirectory data;
  private final PostgresAccount account;
  private final Path programs;
  private final PostgresCluster cluster;
  private final Secret password;
  private volatile int port;

  private final Object lock = new Object();
  // Guarded by lock.
  private @Nullable ChildProcess child;
  private boolean closing;

  private EmbeddedPostgres(
      DataDirectory data,
      PostgresAccount account,
      Path programs,
      PostgresCluster cluster,
      Secret password,
      int port) {
    this.data = data;
    this.account = account;
    this.programs = programs;
    this.cluster = cluster;
    this.password = password;
    this.port = port;
  }

  /**
   * Unpacks and makes the cluster where they are missing, and starts it.
   *
   * @throws PostgresException when it cannot run here
   */
  public static EmbeddedPostgres start(DataDirectory data) throws IOException {
    Path home = data.path().resolve("postgres");
    Files.createDirectories(home);
    PostgresAccount account = PostgresAccount.find();
    Path programs = PostgresBinaries.unpack(home);
    account.letThrough(data.path());
    account.letThrough(home);
    if (!account.reaches(programs.resolve("bin/postgres"))) {
      throw new PostgresException(
          "the account it runs as cannot enter " + home + "; choose another data.dir");
    }
    PostgresCluster cluster = new PostgresCluster(home);
    cluster.makeIfMissing(account, programs);
    cluster.requireVersion();
    account.own(cluster.directory());
    Secret password = cluster.password();
    for (int attempt = 1; ; attempt++) {
      EmbeddedPostgres postgres =
          new EmbeddedPostgres(data, account, programs, cluster, password, freePort());
      try {
        postgres.run();
        return postgres;
      } catch (StartWatch.PortTakenException e) {
        if (attempt == START_ATTEMPTS) {
          throw new PostgresException("no port is free on 127.0.0.1", e);
        }
      }
    }
  }

  /** Where it can be reached, as its superuser. */
  public DatabaseAddress address() {
    return new DatabaseAddress(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        Optional.of(PostgresCluster.USER),
        Optional.of(password));
  }

  /** The postmaster's process id; negative while it is not running. */
  public long pid() {
    synchronized (lock) {
      return child != null && child.isAlive() ? child.pid() : -1;
    }
  }

  /** Breaks off what runs, writes a checkpoint and stops. */
  @Override
  public void close() throws IOException {
    ChildProcess running;
    synchronized (lock) {
      closing = true;
      running = child;
    }
    if (running != null) {
      running.stop(STOP_GRACE);
    }
  }

  private void run() throws IOException {
    cluster.endLeftOvers();
    cluster.forgetStalePid();
    StartWatch watch = new StartWatch();
    ChildProcess started;
    synchronized (lock) {
      if (closing) {
        return;
      }
      started = ChildProcess.start(command(watch));
      child = started;
    }
    watch.awaitReady(started);
    var _ = started.exited().thenAccept(this::onExit);
  }

  private ChildCommand command(StartWatch watch) {
    List<String> arguments = new ArrayList<>();
    arguments.add(programs.resolve("bin/postgres").toString());
    arguments.addAll(List.of("-D", cluster.directory().toString(), "-p", String.valueOf(port)));
    SETTINGS.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
    return new ChildCommand(
        "postgres",
        account.command(arguments),
        cluster.directory(),
        Map.of("LC_ALL", "C"),
        List.of(Signal.INT, Signal.QUIT),
        Optional.of(data.pidFile("postgres")),
        watch::line);
  }

  private void onExit(int status) {
    synchronized (lock) {
      if (closing) {
        return;
      }
    }
    LOGGER.atError().addKeyValue("status", status).log("PostgreSQL ended, starting it again");
    Thread.ofVirtual().name("postgres-restart").start(this::runAgain);
  }

  private void runAgain() {
    Duration pause = Duration.ofMillis(100);
    while (true) {
      try {
        Thread.sleep(pause);
        run();
        LOGGER.atInfo().addKeyValue("port", port).log("PostgreSQL runs again");
        return;
      } catch (StartWatch.PortTakenException e) {
        chooseAnotherPort();
      } catch (IOException e) {
        LOGGER.atError().setCause(e).log("PostgreSQL cannot be started again");
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      synchronized (lock) {
        if (closing) {
          return;
        }
      }
    }
  }

  private void chooseAnotherPort() {
    try {
      int taken = port;
      port = freePort();
      LOGGER
          .atWarn()
          .addKeyValue("taken", taken)
          .addKeyValue("port", port)
          .log("PostgreSQL's port was taken, it gets another one");
    } catch (IOException e) {
      LOGGER.atError().setCause(e).log("no port is free on 127.0.0.1");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
