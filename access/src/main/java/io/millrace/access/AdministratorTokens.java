package io.millrace.access;

import io.vertx.core.Future;
import java.util.Optional;

/** Tokens by which administrators are known: what one opens. Thread-safe; never fails. */
@FunctionalInterface
public interface AdministratorTokens {
  /**
   * Looks at a secret.
   *
   * @param shown how and from where it came
   * @return empty where it is no administrator's
   */
  Future<Optional<TopicDecision>> open(String secret, TopicCredential shown);
}
