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
import io.millrace.http.OutageLog;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the catalogue's keys open of topics. While the database is away, keys used within 5 minutes
 * are still good; all else is refused as undecided. Thread-safe.
 */
public final class CatalogTopicKeys implements TopicKeys {
  private static final Logger LOGGER = LoggerFactory.getLogger(CatalogTopicKeys.class);

  private final KnownKeys keys;
  private final CatalogMetrics metrics;
  private final InstantSource clock;
  private final OutageLog outage = new OutageLog(Duration.ofSeconds(10));

  public CatalogTopicKeys(KnownKeys keys, CatalogMetrics metrics, InstantSource clock) {
    this.keys = keys;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public Future<TopicDecision> open(String key) {
    return keys.find(key)
        .map(found -> answered(judge(found, clock.instant())))
        .otherwise(this::undecided)
        .onSuccess(this::count);
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

  private TopicDecision answered(TopicDecision decision) {
    outage
        .answered()
        .ifPresent(
            refused ->
                LOGGER.atInfo().addKeyValue("refused", refused).log("keys are checked again"));
    return decision;
  }

  private TopicDecision undecided(Throwable failure) {
    outage
        .failed(System.nanoTime())
        .ifPresent(
            refused ->
                LOGGER
                    .atWarn()
                    .addKeyValue("reason", failure.getMessage())
                    .addKeyValue("refused", refused)
                    .log("keys of topics cannot be checked, so they are refused"));
    return Refusals.undecided();
  }

  private void count(TopicDecision decision) {
    metrics.decided(
        "connect",
        switch (decision) {
          case Granted _ -> "allowed";
          case Refused refused -> refused.reason().name().toLowerCase(Locale.ROOT);
        });
  }
}
