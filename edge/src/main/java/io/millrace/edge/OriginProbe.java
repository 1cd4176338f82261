package io.millrace.edge;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks another node's origin every two seconds whether it serves this edge, on connections of its
 * own. Says when that changes. Thread-safe.
 */
public final class OriginProbe implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(OriginProbe.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** Nothing is there, which only those who know the secret are told. */
  private static final UpstreamRequest QUESTION =
      new UpstreamRequest(EdgeMount.PREFIX + "/", "", MultiMap.caseInsensitiveMultiMap());

  /** What an origin answers it with. */
  private static final String NOTHING_THERE = "segment-not-found";

  private final Vertx vertx;
  private final HttpUpstream origin;
  private final String address;
  private final long timer;
  private volatile OriginReach reach = OriginReach.UNREACHED;
  private volatile String reason = "";
  private volatile boolean closed;

  /**
   * Begins to ask.
   *
   * @param config with {@code origin} present
   */
  public OriginProbe(Vertx vertx, EdgeConfig config) {
    this.vertx = vertx;
    this.origin = new HttpUpstream(vertx, config.withUpstreamTimeout(PERIOD), 1);
    this.address = config.origin().orElseThrow().toString();
    this.timer = vertx.setPeriodic(0, PERIOD.toMillis(), id -> ask());
  }

  /** What the newest answer says. */
  public OriginReach reach() {
    return reach;
  }

  /** For operators: how the origin stands to this edge, and why. */
  public String words() {
    return reason.isEmpty() ? reach.words() : reach.words() + ": " + reason;
  }

  /** Asks no more and says no more. */
  @Override
  public void close() {
    closed = true;
    vertx.cancelTimer(timer);
    origin.close();
  }

  private void ask() {
    origin.fetch(QUESTION).compose(this::judge).onComplete(this::answered);
  }

  /**
   * Any HTTP server answers something; only an origin says in its own form that nothing is here.
   */
  private Future<UpstreamResponse> judge(UpstreamResponse answer) {
    if (answer.status() >= 500) {
      return Future.failedFuture(
          new IllegalStateException(address + " answers with the status " + answer.status()));
    }
    if (!OriginProblem.is(answer, 404, NOTHING_THERE)) {
      return Future.failedFuture(
          new IllegalStateException(
              address
                  + " does not answer as an origin does; is it the port of an origin (origin.port)?"));
    }
    return Future.succeededFuture(answer);
  }

  private void answered(AsyncResult<UpstreamResponse> answer) {
    if (closed) {
      return;
    }
    OriginReach before = reach;
    OriginReach now = before.after(answer);
    reason =
        answer.succeeded() || now == OriginReach.REFUSES
            ? ""
            : String.valueOf(answer.cause().getMessage());
    reach = now;
    if (now == before) {
      return;
    }
    if (now == OriginReach.ANSWERS) {
      LOGGER.atInfo().addKeyValue("origin", address).log("origin serves this edge");
    } else {
      LOGGER.atWarn().addKeyValue("origin", address).log(words());
    }
  }
}
