package io.millrace.access;

import io.vertx.core.Future;

/** Keys that are no tokens: what one opens. Thread-safe; never fails. */
@FunctionalInterface
public interface TopicKeys {
  Future<TopicDecision> open(String key);
}
