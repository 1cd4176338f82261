package io.millrace.app.node;

import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicRules;
import io.millrace.app.bridges.GrantWatch;
import io.millrace.catalog.KnownKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What every door to topics shares: the rules, the grants in use, and how much is published. */
public final class TopicAccessPart implements AutoCloseable {
  /** A revocation is to take effect within two seconds, the database's answer included. */
  private static final Duration PERIOD = Duration.ofMillis(800);

  private static final int MOST_RATES = 50_000;

  private final TopicRules rules;
  private final OpenGrants grants = new OpenGrants();
  private final PublishRates rates = new PublishRates(MOST_RATES);
  private final GrantWatch watch;

  /**
   * @param keys of the catalogue, where there is one on this node
   */
  TopicAccessPart(
      Vertx vertx,
      TopicRules rules,
      Optional<KnownKeys> keys,
      TokensPart tokens,
      InstantSource clock) {
    this.rules = rules;
    Map<GrantId.Kind, GrantWatch.Good> good = new EnumMap<>(GrantId.Kind.class);
    good.put(
        GrantId.Kind.TOKEN,
        ids -> Future.succeededFuture(tokens.revoked().good(ids, clock.instant())));
    keys.ifPresent(its -> good.put(GrantId.Kind.KEY, its::good));
    this.watch = new GrantWatch(vertx, grants, good, clock, PERIOD);
  }

  /** Who may do what; asked once for a connection or a request. */
  public TopicRules rules() {
    return rules;
  }

  /** Where a door keeps the grant of each open connection, to hear when it ends. */
  public OpenGrants grants() {
    return grants;
  }

  /** Where a door asks for the rate at which a connection may publish. */
  public PublishRates rates() {
    return rates;
  }

  @Override
  public void close() {
    watch.close();
  }
}
