package io.millrace.app.node;

import io.millrace.config.FileFailure;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for steps of start and stop, on the thread that does one after the other. */
final class Waiting {
  private static final Logger LOGGER = LoggerFactory.getLogger(Waiting.class);
  private static final Duration START = Duration.ofMinutes(2);

  private final Duration stop;

  /**
   * @param stop how long one step of a stop may take
   */
  Waiting(Duration stop) {
    this.stop = stop;
  }

  /**
   * The outcome of a step without which the node cannot run.
   *
   * @param what the setting or role that the step is about, for the message
   * @throws StartException when it fails
   */
  static <T> T forStart(String what, Future<T> step) {
    try {
      return step.toCompletionStage()
          .toCompletableFuture()
          .get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failed(what, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new StartException(what + ": did not start within " + START.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException(what + ": interrupted", e);
    }
  }

  /**
   * Opens a port. The native transport reports a port in use as an {@code IOException} of its own.
   *
   * @param key the setting that chooses it
   * @throws StartException when it cannot be opened; the message names the setting and the port
   */
  static <T> T forPort(String key, String host, int port, Future<T> opening) {
    return forStart(
        key,
        opening.recover(
            failure ->
                Future.failedFuture(
                    failure instanceof IOException
                        ? cannotOpen(key, host, port, failure)
                        : failure)));
  }

  /** What an operator is told of a port that cannot be opened. */
  static StartException cannotOpen(String key, String host, int port, Throwable failure) {
    String reason = String.valueOf(failure.getMessage());
    String where = key + ": port " + port + " on " + host;
    return new StartException(
        reason.contains("in use")
            ? where + " is in use; stop what uses it or choose another"
            : where + " cannot be opened: " + reason,
        failure);
  }

  /** What an operator is told of a failure. */
  static StartException failed(String what, Throwable cause) {
    String message = FileFailure.words(cause);
    return cause instanceof StartException told
        ? told
        : new StartException(message.startsWith(what) ? message : what + ": " + message, cause);
  }

  /** Lets time pass, for others to finish; an interruption cuts it short. */
  void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a step of a stop; one that fails or takes too long is logged and passed over. */
  void forStop(String what, Future<?> step) {
    try {
      step.toCompletionStage().toCompletableFuture().get(stop.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOGGER
          .atWarn()
          .addKeyValue("step", what)
          .addKeyValue("reason", e.toString())
          .log("stop step");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
