package io.millrace.app.bridges;

import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends grants in use whose time is over, or whose key or token has been revoked, on this node or
 * another. Asks about those in use, and only while some are; while nobody can tell, everybody
 * stays. Thread-safe.
 */
public final class GrantWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(GrantWatch.class);

  /**
   * A revocation is to take effect within two seconds: the database's answer is in it, and the half
   * second in which a key that was looked up before still opens connections.
   */
  public static final Duration PERIOD = Duration.ofMillis(800);

  /** Says which of some ids are still good. */
  @FunctionalInterface
  public interface Good extends Function<Set<String>, Future<Set<String>>> {}

  private final Vertx vertx;
  private final OpenGrants grants;
  private final Map<GrantId.Kind, Good> good;
  private final InstantSource clock;
  private final AtomicBoolean asking = new AtomicBoolean();
  private final long timer;

  /**
   * @param good of each kind of id that can be revoked on this node
   * @param period between two looks, {@link #PERIOD} in a node
   */
  public GrantWatch(
      Vertx vertx,
      OpenGrants grants,
      Map<GrantId.Kind, Good> good,
      InstantSource clock,
      Duration period) {
    this.vertx = vertx;
    this.grants = grants;
    this.good = Map.copyOf(good);
    this.clock = clock;
    this.timer = vertx.setPeriodic(period.toMillis(), id -> look());
  }

  private void look() {
    alone(() -> grants.expire(clock.instant()));
    // A question that waits for its answer is not asked again.
    if (!asking.compareAndSet(false, true)) {
      return;
    }
    Future.join(good.entrySet().stream().map(its -> ask(its.getKey(), its.getValue())).toList())
        .onComplete(done -> asking.set(false));
  }

  /** Whatever goes wrong, the next look comes. */
  private Future<?> ask(GrantId.Kind kind, Good goodOnes) {
    Set<String> inUse = grants.ids(kind);
    if (inUse.isEmpty()) {
      return Future.succeededFuture();
    }
    return Future.succeededFuture(inUse)
        .compose(goodOnes)
        .map(
            still -> {
              inUse.stream()
                  .filter(id -> !still.contains(id))
                  .forEach(id -> alone(() -> grants.revoke(new GrantId(kind, id))));
              return still;
            })
        .onFailure(
            failure ->
                LOGGER
                    .atDebug()
                    .addKeyValue("reason", failure.getMessage())
                    .log("nobody can tell which grants are still good"));
  }

  /** Does something that does not keep the rest from being done when a connection throws. */
  private static void alone(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOGGER.atError().setCause(e).log("a connection did not take that its grant has ended");
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
