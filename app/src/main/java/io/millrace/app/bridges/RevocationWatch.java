package io.millrace.app.bridges;

import io.millrace.access.RevokedToken;
import io.millrace.access.RevokedTokens;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up which tokens have been revoked, on this node or another; who uses one hears at once.
 * While nobody can tell, those that are known stay revoked. Thread-safe.
 */
public final class RevocationWatch implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(RevocationWatch.class);

  /** Hands over what was revoked since the last time. */
  @FunctionalInterface
  public interface News extends Function<Consumer<RevokedToken>, Future<Void>> {}

  private final Vertx vertx;
  private final News news;
  private final RevokedTokens revoked;
  private final Duration clockSkew;
  private final Consumer<String> ended;
  private final InstantSource clock;
  private final long timer;

  // Guarded by this.
  private @Nullable Future<Void> reading;

  /**
   * @param news one time after the other
   * @param revoked takes them
   * @param clockSkew how long after its end a token is still believed
   * @param ended hears each token's {@code jti} when it is not believed any more; may throw
   * @param period how soon a revocation takes effect, but for the answer's time
   */
  public RevocationWatch(
      Vertx vertx,
      News news,
      RevokedTokens revoked,
      Duration clockSkew,
      Consumer<String> ended,
      InstantSource clock,
      Duration period) {
    this.vertx = vertx;
    this.news = news;
    this.revoked = revoked;
    this.clockSkew = clockSkew;
    this.ended = ended;
    this.clock = clock;
    this.timer = vertx.setPeriodic(period.toMillis(), id -> look());
  }

  /**
   * Reads what is new; who asks meanwhile shares the answer.
   *
   * @return fails when it could not be read to its end; the next look goes on there
   */
  public synchronized Future<Void> look() {
    if (reading != null) {
      return reading;
    }
    Future<Void> mine =
        Future.<Consumer<RevokedToken>>succeededFuture(this::take)
            .compose(news)
            .onFailure(
                failure ->
                    LOGGER
                        .atDebug()
                        .addKeyValue("reason", failure.getMessage())
                        .log("nobody can tell which tokens have been revoked"));
    reading = mine;
    mine.onComplete(done -> over());
    return mine;
  }

  private synchronized void over() {
    reading = null;
  }

  private void take(RevokedToken token) {
    Instant now = clock.instant();
    Instant end = token.expiresAt().plus(clockSkew);
    if (!end.isAfter(now)) {
      return;
    }
    if (!revoked.revoke(token.jti(), end, now)) {
      throw new IllegalStateException("there is no room for one more revoked token");
    }
    try {
      ended.accept(token.jti());
    } catch (RuntimeException e) {
      LOGGER.atError().setCause(e).log("whoever uses a revoked token did not take it");
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
