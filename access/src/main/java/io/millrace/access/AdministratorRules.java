package io.millrace.access;

import io.vertx.core.Future;
import java.util.Optional;

/**
 * Lets administrators in before others are judged by other rules, so that whoever may change a
 * namespace may also look into it, whatever decides about everybody else. Thread-safe.
 */
public final class AdministratorRules implements TopicRules {
  private final AdministratorTokens tokens;
  private final TopicRules others;

  public AdministratorRules(AdministratorTokens tokens, TopicRules others) {
    this.tokens = tokens;
    this.others = others;
  }

  @Override
  public Future<TopicDecision> authenticate(TopicCredential credential) {
    Optional<String> secret = credential.secret();
    if (secret.isEmpty()) {
      return others.authenticate(credential);
    }
    return tokens
        .open(secret.get(), credential)
        .compose(
            decided ->
                decided.isPresent()
                    ? Future.succeededFuture(decided.get())
                    : others.authenticate(credential));
  }
}
