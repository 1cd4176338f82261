package io.millrace.app.bridges;

import io.millrace.media.LiveStreams;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes publishers off the air whose key opens nothing any more: it was revoked, rotated away or
 * has expired, on this node or another. Asks about the keys that are on air, and only while some
 * are; while nobody can tell, everybody stays. Thread-safe.
 */
public final class KeyWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(KeyWatch.class);

  private final Vertx vertx;
  private final LiveStreams streams;
  private final Function<Set<String>, Future<Set<String>>> good;
  private final long timer;

  /**
   * @param good says which of some keys, by id, still open something
   */
  public KeyWatch(
      Vertx vertx,
      LiveStreams streams,
      Function<Set<String>, Future<Set<String>>> good,
      Duration period) {
    this.vertx = vertx;
    this.streams = streams;
    this.good = good;
    this.timer = vertx.setPeriodic(period.toMillis(), id -> look());
  }

  private void look() {
    Set<String> onAir = streams.keysOnAir();
    if (onAir.isEmpty()) {
      return;
    }
    good.apply(onAir)
        .onSuccess(
            still -> onAir.stream().filter(key -> !still.contains(key)).forEach(streams::dismiss))
        .onFailure(
            failure ->
                LOGGER
                    .atDebug()
                    .addKeyValue("reason", failure.getMessage())
                    .log("nobody can tell which keys are still good"));
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
