package io.millrace.access;

import io.vertx.core.Future;

/** Decides who may publish and play. Thread-safe; never fails: what can't be decided is refused. */
@FunctionalInterface
public interface AccessRules {
  Future<AccessDecision> decide(AccessRequest request);
}
