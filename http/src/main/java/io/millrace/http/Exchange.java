package io.millrace.http;

import io.vertx.core.http.HttpServerRequest;

/**
 * One request and its answer, while in hand.
 *
 * @param bodyDeadline when the whole body has to be here, in milliseconds of the listener's
 *     monotonic clock; {@link Long#MAX_VALUE} for a request without one
 */
record Exchange(HttpServerRequest request, String mount, long startNanos, long bodyDeadline) {
  void measure(HttpMetrics metrics, boolean answered) {
    metrics.answered(
        mount, answered ? request.response().getStatusCode() : 499, System.nanoTime() - startNanos);
  }

  boolean hasLateBody(long now) {
    return now >= bodyDeadline && !request.isEnded() && !request.response().ended();
  }
}
