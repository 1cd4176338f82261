package io.millrace.edge;

import io.vertx.core.Future;

/** Where objects come from: the origin in this process, or another node's. Thread-safe. */
@FunctionalInterface
public interface Upstream {
  /**
   * Asks for one object. The future fails when there is no answer at all; an error status is an
   * answer. May complete on any thread.
   */
  Future<UpstreamResponse> fetch(UpstreamRequest request);
}
