package io.millrace.catalog;

import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.GrantId;
import io.millrace.access.Refusals;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicKeys;
import io.millrace.catalog.records.Key;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * What the catalogue's keys open of topics. While the database is away, keys used within 5 minutes
 * are still good; all else is refused as undecided. Thread-safe.
 */
public final class CatalogTopicKeys implements TopicKeys {
  private final KnownKeys keys;
  private final Decisions decisions;
  private final InstantSource clock;

  public CatalogTopicKeys(KnownKeys keys, CatalogMetrics metrics, InstantSource clock) {
    this.keys = keys;
    this.decisions = new Decisions(metrics);
    this.clock = clock;
  }

  @Override
  public Future<TopicDecision> open(String key) {
    return decisions.ended(
        Decisions.CONNECT,
        keys.find(key).map(found -> judge(found, clock.instant())),
        Refusals.undecided());
  }

  private static TopicDecision judge(Optional<Key> found, Instant now) {
    if (found.isEmpty()) {
      return Refusals.wrongTopicKey();
    }
    Key key = found.get();
    if (!key.expiresAt().map(now::isBefore).orElse(true)) {
      return new Refused(Reason.EXPIRED, "the key has expired");
    }
    return key.opens().topics().isEmpty()
        ? Refusals.noTopics("the key")
        : new Granted(
            new TopicGrant(
                key.tenant(),
                "key:" + key.id(),
                key.expiresAt(),
                Set.of(GrantId.key(key.id())),
                key.opens().topics(),
                key.opens().limits()));
  }
}
