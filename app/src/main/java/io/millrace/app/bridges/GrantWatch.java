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
   * @param period half of what a revocation may take, since the answer takes its time too
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
    grants.expire(clock.instant());
    // A question that waits for its answer is not asked again.
    if (!asking.compareAndSet(false, true)) {
      return;
    }
    Future.join(good.entrySet().stream().map(its -> ask(its.getKey(), its.getValue())).toList())
        .onComplete(done -> asking.set(false));
  }

  private Future<?> ask(GrantId.Kind kind, Good goodOnes) {
    Set<String> inUse = grants.ids(kind);
    if (inUse.isEmpty()) {
      return Future.succeededFuture();
    }
    return goodOnes
        .apply(inUse)
        .onSuccess(
            still ->
                inUse.stream()
                    .filter(id -> !still.contains(id))
                    .forEach(id -> grants.revoke(new GrantId(kind, id))))
        .onFailure(
            failure ->
                LOGGER
                    .atDebug()
                    .addKeyValue("reason", failure.getMessage())
                    .log("nobody can tell which grants are still good"));
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
