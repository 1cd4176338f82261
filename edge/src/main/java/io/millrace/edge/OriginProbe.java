package io.millrace.edge;

import io.vertx.core.AsyncResult;
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

  private final Vertx vertx;
  private final Upstream origin;
  private final String address;
  private final long timer;
  private volatile OriginReach reach = OriginReach.UNREACHED;
  private volatile String reason = "";

  /**
   * Begins to ask.
   *
   * @param config with {@code origin} present
   */
  public OriginProbe(Vertx vertx, EdgeConfig config) {
    this.vertx = vertx;
    this.origin = new HttpUpstream(vertx, config.withUpstreamTimeout(PERIOD));
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

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }

  private void ask() {
    origin.fetch(QUESTION).onComplete(this::answered);
  }

  private void answered(AsyncResult<UpstreamResponse> answer) {
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
