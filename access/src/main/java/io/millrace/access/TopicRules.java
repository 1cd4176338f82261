package io.millrace.access;

import io.vertx.core.Future;

/**
 * Says what a client may do with topics. Every front door asks once for a connection or a request,
 * and holds what is done there against the {@linkplain TopicGrant grant}. Thread-safe; never fails:
 * what can't be decided is refused.
 */
@FunctionalInterface
public interface TopicRules {
  Future<TopicDecision> authenticate(TopicCredential credential);
}
