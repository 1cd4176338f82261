package io.millrace.catalog;

import io.millrace.access.AccessDecision.Refused;
import io.vertx.core.Future;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the catalogue's rules end: what nobody could decide is refused, and each is counted.
 * Thread-safe.
 */
final class Decisions {
  private static final Logger LOGGER = LoggerFactory.getLogger(Decisions.class);

  private final CatalogMetrics metrics;

  Decisions(CatalogMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Ends a decision; never fails.
   *
   * @param action what was asked for, in a word
   * @param undecided instead of a failure; a database that is away is said by {@link Catalog}
   */
  <D> Future<D> ended(String action, Future<D> decision, D undecided) {
    return decision
        .otherwise(
            failure -> {
              if (!(failure instanceof CatalogException)) {
                LOGGER.atError().setCause(failure).log("access was not decided, so it is refused");
              }
              return undecided;
            })
        .onSuccess(
            its ->
                metrics.decided(
                    action,
                    its instanceof Refused refused
                        ? refused.reason().name().toLowerCase(Locale.ROOT)
                        : "allowed"));
  }
}
