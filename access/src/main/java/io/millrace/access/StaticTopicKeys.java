package io.millrace.access;

import io.millrace.access.TopicDecision.Granted;
import io.millrace.config.Secret;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** The keys of a node without a catalogue: {@code access.publishKey} opens {@code public}. */
public final class StaticTopicKeys implements TopicKeys {
  private static final TopicGrant OPENED =
      new TopicGrant(
          StaticKeyRules.TENANT,
          "key:configured",
          Optional.empty(),
          Set.of(),
          TopicCapabilities.PUBLIC,
          PublishLimits.NONE);

  private final Optional<Secret> publishKey;

  public StaticTopicKeys(Optional<Secret> publishKey) {
    this.publishKey = publishKey;
  }

  @Override
  public Future<TopicDecision> open(String key) {
    boolean opens =
        key.length() <= PublishKey.LONGEST && publishKey.map(its -> its.matches(key)).orElse(false);
    return Future.succeededFuture(opens ? new Granted(OPENED) : Refusals.wrongTopicKey());
  }
}
