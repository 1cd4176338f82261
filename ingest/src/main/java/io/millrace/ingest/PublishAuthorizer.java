package io.millrace.ingest;

import io.vertx.core.Future;

/** Decides who may publish. Thread-safe; a failed future refuses. */
@FunctionalInterface
public interface PublishAuthorizer {
  Future<PublishDecision> authorize(PublishAttempt attempt);
}
