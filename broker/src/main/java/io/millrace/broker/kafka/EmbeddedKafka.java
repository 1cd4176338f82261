package io.millrace.broker.kafka;

import io.millrace.children.BackOff;
import io.millrace.children.ChildCommand;
import io.millrace.children.ChildProcess;
import io.millrace.children.DataDirectory;
import io.millrace.children.Signal;
import io.millrace.config.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka of our own in a child process, on {@code {data}/kafka} ({@link KafkaHome}): one node on
 * loopback, for whoever knows the password. Its port is chosen at the first start of this object
 * and stays its own ({@link KeptPort}) when it has to be started again, which happens by itself
 * with a growing pause: clients know only the address that they were made with.
 *
 * <pre>
 *   Starting ──launch()──> Ready ──(the child ends)──> Restarting ──> Ready …
 *                                                   close(), from any: Stopped
 * </pre>
 *
 * <p>Never two on one directory: the caller holds the {@link DataDirectory}'s lock, and whatever an
 * earlier server left running in the log directory is ended before a start. Thread-safe; {@link
 * #launch} and {@link #close} block.
 */
public final class EmbeddedKafka implements KafkaOperator, AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_GRACE = Duration.ofSeconds(10);

  private final DataDirectory data;
  private final KafkaProgram program;
  private final KafkaHome home;
  private final Optional<KafkaListener> outside;
  private final StartCache cache;
  private final DiskRoom room;
  private final Secret password;
  private final InstantSource clock;
  private final CompletableFuture<Optional<Path>> cacheMade = new CompletableFuture<>();

  private volatile KafkaState state = new KafkaState.Starting();

  /** Before the first start any free one, 0. */
  private volatile int port;

  private final AtomicLong restarts = new AtomicLong();

  private final Object lock = new Object();
  // Guarded by lock.
  private @Nullable ChildProcess child;
  private @Nullable ChildOutput output;
  private @Nullable Thread restarting;
  private @Nullable Thread makingCache;
  private Optional<KeptPort> keptPort = Optional.empty();
  private Instant readySince = Instant.EPOCH;
  private boolean closing;

  private final BackOff backOff = new BackOff();

  private EmbeddedKafka(
      DataDirectory data,
      KafkaProgram program,
      KafkaHome home,
      Optional<KafkaListener> outside,
      InstantSource clock)
      throws IOException {
    this.outside = outside;
    this.data = data;
    this.program = program;
    this.home = home;
    this.cache = new StartCache(program, home.path());
    this.password = home.password();
    this.clock = clock;
    this.room = new DiskRoom(home.log());
  }

  /**
   * One that has not started yet.
   *
   * @param outside for Kafka's own clients
   * @throws IOException when its directory cannot be made
   */
  public static EmbeddedKafka of(
      DataDirectory data,
      KafkaProgram program,
      Optional<KafkaListener> outside,
      InstantSource clock)
      throws IOException {
    KafkaHome home = new KafkaHome(data.path());
    home.make();
    return new EmbeddedKafka(data, program, home, outside, clock);
  }

  /**
   * Makes one and starts it; blocks until clients are served.
   *
   * @throws KafkaUnavailableException when it cannot run here
   */
  public static EmbeddedKafka start(DataDirectory data, KafkaProgram program, InstantSource clock)
      throws IOException {
    EmbeddedKafka kafka = of(data, program, Optional.empty(), clock);
    kafka.launch();
    return kafka;
  }

  /**
   * Formats the log directory where it is new, and starts; once. Blocks until clients are served,
   * or {@link #close} is called meanwhile.
   *
   * @throws KafkaUnavailableException when it cannot run here; it is closed then
   */
  public void launch() throws IOException {
    try {
      run();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    makeCache();
  }

  /** Where it can be reached, whether or not it runs just now. */
  public KafkaAddress address() {
    return new KafkaAddress("127.0.0.1:" + port, KafkaHome.USER, password);
  }

  public KafkaState state() {
    return state;
  }

  /** Why nothing is to be given to it now though it may run, for people; empty mostly. */
  @Override
  public Optional<String> outage() {
    return room.problem();
  }

  /** It is ended and started again, where it should have answered for all that time. */
  @Override
  public void silent(Duration since) {
    ChildProcess running;
    synchronized (lock) {
      running = child;
      if (closing
          || running == null
          || !(state instanceof KafkaState.Ready)
          || Duration.between(readySince, clock.instant()).compareTo(since) < 0) {
        return;
      }
    }
    LOGGER
        .atError()
        .addKeyValue("seconds", since.toSeconds())
        .log("Kafka does not answer, ending it");
    var _ = Thread.ofVirtual().name("kafka-end").start(() -> end(running));
  }

  private static void end(ChildProcess hanging) {
    try {
      hanging.stop(Duration.ZERO);
    } catch (IOException e) {
      LOGGER.atError().setCause(e).log("Kafka cannot be ended");
    }
  }

  /** How often it ended unexpectedly and runs again. */
  public long restarts() {
    return restarts.get();
  }

  /** The child's process id; negative while it is not running. */
  public long pid() {
    synchronized (lock) {
      return child != null && child.isAlive() ? child.pid() : -1;
    }
  }

  /**
   * Completes when the start-up cache has been looked for and made if need be: with where it is, or
   * empty where there is none.
   */
  CompletableFuture<Optional<Path>> cacheMade() {
    return cacheMade;
  }

  /** Ends it in order: what was acknowledged is written, and its next start need not repair. */
  @Override
  public void close() throws IOException {
    ChildProcess running;
    synchronized (lock) {
      closing = true;
      running = child;
      if (output != null) {
        output.stopping();
      }
      if (restarting != null) {
        restarting.interrupt();
      }
      if (makingCache != null) {
        makingCache.interrupt();
      }
    }
    if (running != null) {
      running.stop(STOP_GRACE);
    }
    state = new KafkaState.Stopped();
    room.close();
    synchronized (lock) {
      if (keptPort.isPresent()) {
        keptPort.get().close();
      }
    }
  }

  /** One start; returns when clients are served. */
  private void run() throws IOException {
    home.endLeftOvers();
    ChildOutput said = new ChildOutput();
    ChildCommand command = command(said);
    ChildProcess started;
    synchronized (lock) {
      if (closing) {
        return;
      }
      started = ChildProcess.start(command);
      child = started;
      output = said;
    }
    int bound = said.awaitReady(started, START_LIMIT);
    port = bound;
    synchronized (lock) {
      if (!closing && keptPort.isEmpty()) {
        keptPort = KeptPort.of(bound);
      }
      readySince = clock.instant();
      if (!closing) {
        state = new KafkaState.Ready();
      }
    }
    var _ = started.exited().thenAccept(status -> onExit(said.reason(ChildEnd.of(status))));
  }

  private ChildCommand command(ChildOutput said) throws IOException {
    return new ChildCommand(
        "kafka",
        program.command(
            StartCache.flags(cache.find()),
            home.path(),
            List.of(home.writeSettings(home.log(), port, outside).toString())),
        home.log(),
        // Its many threads would have an arena of the C library's heap each.
        Map.of("MALLOC_ARENA_MAX", "2"),
        List.of(Signal.TERM),
        Optional.of(data.pidFile("kafka")),
        said::line);
  }

  private void onExit(String reason) {
    synchronized (lock) {
      if (closing) {
        return;
      }
      Instant now = clock.instant();
      state = new KafkaState.Restarting(now, reason);
      Duration ran = Duration.between(readySince, now);
      LOGGER.atError().addKeyValue("reason", reason).log("Kafka ended, starting it again");
      restarting = Thread.ofVirtual().name("kafka-restart").start(() -> runAgain(now, ran));
    }
  }

  private void runAgain(Instant since, Duration ran) {
    Duration pause = backOff.afterRun(ran);
    while (!isClosing()) {
      try {
        Thread.sleep(pause);
        run();
        if (!isClosing()) {
          restarts.incrementAndGet();
          LOGGER.atInfo().addKeyValue("port", port).log("Kafka runs again");
        }
        return;
      } catch (KafkaUnavailableException e) {
        failedAgain(since, e.reason());
      } catch (IOException e) {
        failedAgain(since, e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = backOff.afterRun(Duration.ZERO);
    }
  }

  private void failedAgain(Instant since, String reason) {
    synchronized (lock) {
      if (!closing) {
        state = new KafkaState.Restarting(since, reason);
        LOGGER.atError().addKeyValue("reason", reason).log("Kafka cannot be started again");
      }
    }
  }

  private boolean isClosing() {
    synchronized (lock) {
      return closing;
    }
  }

  private void makeCache() {
    synchronized (lock) {
      if (closing) {
        return;
      }
      makingCache =
          Thread.ofVirtual()
              .name("kafka-start-cache")
              .start(
                  () -> {
                    try {
                      cacheMade.complete(cache.make());
                    } catch (IOException e) {
                      LOGGER.atWarn().setCause(e).log("no start-up cache could be made for Kafka");
                      cacheMade.complete(Optional.empty());
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                      cacheMade.complete(Optional.empty());
                    }
                  });
    }
  }
}
