package io.millrace.http;

import io.vertx.core.http.HttpServerRequest;

/** One request and its answer, while in hand. */
record Exchange(HttpServerRequest request, String mount, long startNanos) {
  void measure(HttpMetrics metrics, boolean answered) {
    metrics.answered(
        mount, answered ? request.response().getStatusCode() : 499, System.nanoTime() - startNanos);
  }
}
