package io.millrace.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether anybody still waits for a start that was begun. Thread-safe. */
final class Abandonment implements BrokerParts.GoOn {
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Nobody waits any more. */
  void declare() {
    ended.completeExceptionally(abandoned());
  }

  boolean isDeclared() {
    return ended.isDone();
  }

  @Override
  public void check() throws IOException {
    if (isDeclared()) {
      throw abandoned();
    }
  }

  /** Fails when nobody waits any more; to be waited for, with others. */
  CompletableFuture<Void> whenDeclared() {
    return ended;
  }

  /**
   * Blocks for so long.
   *
   * @throws IOException as soon as nobody waits any more
   */
  @Override
  public void pause(Duration pause) throws IOException {
    try {
      ended.get(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // As long as it should be.
      return;
    } catch (ExecutionException e) {
      throw abandoned();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static IOException abandoned() {
    return new IOException("stopped before it had started");
  }
}
