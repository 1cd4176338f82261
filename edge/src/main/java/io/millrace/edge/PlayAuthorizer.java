package io.millrace.edge;

import io.vertx.core.Future;

/** Decides who may play. A failed future is taken as a refusal for now (503). Thread-safe. */
@FunctionalInterface
public interface PlayAuthorizer {
  Future<PlayDecision> authorize(PlayAttempt attempt);
}
