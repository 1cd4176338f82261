package io.millrace.packager.live;

import io.millrace.packager.PackagerMetrics;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives broadcasts their turns of the clock, one after the other. One that fails is told of and
 * counted, and takes nobody's turn: neither that of those behind it, nor its own next one.
 */
final class Turns {
  private static final Logger LOGGER = LoggerFactory.getLogger(Turns.class);

  private final PackagerMetrics metrics;

  Turns(PackagerMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Gives each its turn.
   *
   * @param removed is told of those that need no more
   * @return what failed first, with the other failures as suppressed ones; null where nothing did
   */
  <T extends TakesTurns> @Nullable Throwable give(
      Iterable<T> broadcasts, Instant now, Consumer<T> removed) {
    @Nullable Throwable first = null;
    for (T broadcast : broadcasts) {
      try {
        if (!broadcast.tick(now)) {
          removed.accept(broadcast);
        }
      } catch (RuntimeException | Error e) {
        // An error too: what went wrong with one broadcast is no reason for the others to stand.
        failed(broadcast, e);
        if (first == null) {
          first = e;
        } else if (!first.equals(e)) {
          first.addSuppressed(e);
        }
      }
    }
    return first;
  }

  private void failed(TakesTurns broadcast, Throwable failure) {
    metrics.turnFailed();
    LOGGER
        .atError()
        .setCause(failure)
        .addKeyValue("stream", broadcast.broadcast().stream())
        .addKeyValue("broadcast", broadcast.broadcast().id())
        .log("what was due for a broadcast failed");
  }
}
