package io.millrace.access;

import io.vertx.core.Future;

/** Keys that are no tokens: what one opens. Thread-safe; never fails. */
@FunctionalInterface
public interface TopicKeys {
  Future<TopicDecision> open(String key);

  /** These, with what they opened a moment ago not looked up again. */
  default TopicKeys remembering(RecentGrants recent) {
    return key -> recent.of(key, () -> open(key));
  }
}
