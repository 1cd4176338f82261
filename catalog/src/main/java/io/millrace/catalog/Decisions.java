package io.millrace.catalog;

import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.Action;
import io.millrace.config.ValueText;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the catalogue's rules end: what nobody could decide is refused, and each is counted.
 * Thread-safe.
 */
final class Decisions {
  private static final Logger LOGGER = LoggerFactory.getLogger(Decisions.class);

  /** Whoever presents a key for topics. */
  static final String CONNECT = "connect";

  /** What may be asked for. */
  static final List<String> ACTIONS =
      Stream.concat(Stream.of(CONNECT), Arrays.stream(Action.values()).map(ValueText::word))
          .toList();

  static final String ALLOWED = "allowed";

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
                    its instanceof Refused refused ? ValueText.word(refused.reason()) : ALLOWED));
  }
}
