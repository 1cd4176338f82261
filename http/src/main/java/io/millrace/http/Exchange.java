package io.millrace.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * One request and its answer, while in hand.
 *
 * @param bodyDeadline when the whole body has to be here, in milliseconds of the listener's
 *     monotonic clock; {@link Long#MAX_VALUE} for a request without one
 */
record Exchange(
    HttpServerRequest request,
    String mount,
    long startNanos,
    long bodyDeadline,
    AnswerProgress progress) {
  private static final int SWITCHING_PROTOCOLS = 101;

  void measure(HttpMetrics metrics, boolean answered) {
    metrics.answered(
        mount, answered ? request.response().getStatusCode() : 499, System.nanoTime() - startNanos);
  }

  /** Whether it has made the connection one of another protocol. */
  boolean isUpgrade() {
    return request.response().getStatusCode() == SWITCHING_PROTOCOLS;
  }

  /** Whether the client has taken nothing of the answer for so long, though more waits for it. */
  boolean isStalled(long now, long limitMillis) {
    HttpServerResponse response = request.response();
    return !response.ended()
        && !response.closed()
        && !isUpgrade()
        && progress.isStalled(response.bytesWritten(), response.writeQueueFull(), now, limitMillis);
  }

  boolean hasLateBody(long now) {
    return now >= bodyDeadline && !request.isEnded() && !request.response().ended();
  }
}
