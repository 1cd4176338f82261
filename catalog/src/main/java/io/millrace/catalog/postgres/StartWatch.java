package io.millrace.catalog.postgres;

import io.millrace.children.ChildProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the log of a starting server: knows when it is ready, and why when it never will be. */
final class StartWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(StartWatch.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final String READY = "database system is ready to accept connections";

  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private final Deque<String> lines = new ArrayDeque<>();

  void line(String line) {
    LOGGER.atDebug().addKeyValue("child", "postgres").log(line);
    if (line.contains(READY)) {
      ready.complete(true);
    }
    if (!ready.isDone()) {
      synchronized (lines) {
        lines.add(line);
        if (lines.size() > 10) {
          lines.removeFirst();
        }
      }
    } else if (line.contains("FATAL:") || line.contains("PANIC:")) {
      LOGGER.atWarn().addKeyValue("child", "postgres").log(line);
    }
  }

  void awaitReady(ChildProcess child) throws IOException {
    var _ = child.exited().thenAccept(status -> ready.complete(false));
    try {
      if (ready.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (TimeoutException | ExecutionException e) {
      child.stop(Duration.ZERO);
      throw new PostgresException("it was not ready in " + START_LIMIT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      child.stop(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new PostgresException("interrupted", e);
    }
    String last;
    synchronized (lines) {
      last = String.join("; ", lines);
    }
    if (last.contains("Address already in use")) {
      throw new PortTakenException();
    }
    throw new PostgresException(last.isEmpty() ? "it ended at once" : last);
  }

  /** Somebody took the port between our choice and PostgreSQL's bind. */
  static final class PortTakenException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
