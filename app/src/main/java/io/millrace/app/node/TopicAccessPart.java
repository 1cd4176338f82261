package io.millrace.app.node;

import io.millrace.access.GrantId;
import io.millrace.access.OpenGrants;
import io.millrace.access.PublishRates;
import io.millrace.access.TopicRules;
import io.millrace.app.bridges.GrantWatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What every door to topics shares: the rules, the grants in use, and how much is published. */
public final class TopicAccessPart implements AutoCloseable {
  private static final int MOST_RATES = 50_000;

  private final TopicRules rules;
  private final OpenGrants grants = new OpenGrants();
  private final PublishRates rates = new PublishRates(MOST_RATES);
  private final GrantWatch watch;

  /**
   * @param catalog where there is one on this node
   */
  TopicAccessPart(
      Vertx vertx,
      TopicRules rules,
      Optional<CatalogPart> catalog,
      TokensPart tokens,
      InstantSource clock) {
    this.rules = rules;
    Map<GrantId.Kind, GrantWatch.Good> good = new EnumMap<>(GrantId.Kind.class);
    good.put(
        GrantId.Kind.TOKEN,
        ids -> Future.succeededFuture(tokens.revoked().good(ids, clock.instant())));
    catalog.ifPresent(
        its -> {
          good.put(GrantId.Kind.KEY, its::goodKeys);
          good.put(GrantId.Kind.API_TOKEN, its.signIns()::good);
        });
    this.watch = new GrantWatch(vertx, grants, good, clock, GrantWatch.PERIOD);
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
