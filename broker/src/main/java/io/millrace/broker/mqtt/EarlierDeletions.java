package io.millrace.broker.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Namespaces that were deleted while nobody was here: sessions begin anew in them when the server
 * starts. Where that cannot be kept, on a full disk say, the server starts all the same and it is
 * tried again: a namespace of such a name that is made meanwhile counts as another one, whose first
 * messages a session may get twice but does not miss. Thread-safe.
 */
final class EarlierDeletions {
  private static final Logger LOGGER = LoggerFactory.getLogger(EarlierDeletions.class);

  private final Vertx vertx;
  private final Sessions sessions;
  private final Predicate<String> isKnown;
  private final long pauseMillis;

  /** What was found of each name at first. */
  private final Map<String, Boolean> gone = new ConcurrentHashMap<>();

  private volatile boolean isStopped;

  /**
   * @param isKnown whether there is a namespace of this name
   */
  EarlierDeletions(Vertx vertx, Sessions sessions, Predicate<String> isKnown, long pauseMillis) {
    this.vertx = vertx;
    this.sessions = sessions;
    this.isKnown = isKnown;
    this.pauseMillis = pauseMillis;
  }

  /** Tries it once, and when it fails again and again with pauses. Never fails. */
  Future<?> tell() {
    return vertx
        .executeBlocking(
            () -> {
              sessions.beginAnewWhereAway(
                  name -> gone.computeIfAbsent(name, its -> !isKnown.test(its)));
              return true;
            },
            false)
        .otherwise(
            failure -> {
              tellLater(failure);
              return false;
            });
  }

  private void tellLater(Throwable failure) {
    if (!isStopped) {
      LOGGER
          .atWarn()
          .setCause(failure)
          .log("sessions cannot begin anew in deleted namespaces now; it is tried again");
      vertx.setTimer(pauseMillis, id -> again());
    }
  }

  private void again() {
    if (!isStopped) {
      tell();
    }
  }

  /** Nothing is tried any more. */
  void stop() {
    isStopped = true;
  }
}
