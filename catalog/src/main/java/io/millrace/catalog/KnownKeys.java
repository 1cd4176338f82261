package io.millrace.catalog;

import io.millrace.access.PublishKey;
import io.millrace.catalog.records.Key;
import io.millrace.catalog.records.PublishKeys;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * Keys as the doors need them. Each is asked for whenever it is presented, so that a revoked one is
 * refused at once; while the database is away, those used within 5 minutes are still good.
 * Thread-safe.
 */
public final class KnownKeys {
  private static final Remembered.Terms TERMS =
      new Remembered.Terms(
          10_000,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofMinutes(5),
          Duration.ZERO,
          Duration.ofSeconds(2));

  private final Catalog catalog;
  private final InstantSource clock;
  private final Remembered<String, Key> keys;

  public KnownKeys(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
    this.keys =
        new Remembered<>(
            TERMS,
            clock,
            hashes -> catalog.ask(connection -> new PublishKeys(connection).withHashes(hashes)));
  }

  /**
   * The key with this secret, expired or not; fails with {@link CatalogException} when nobody can
   * tell.
   */
  Future<Optional<Key>> find(String secret) {
    return secret.length() > PublishKey.LONGEST
        ? Future.succeededFuture(Optional.empty())
        : keys.get(HexFormat.of().formatHex(PublishKey.hash(secret)));
  }

  /**
   * Those of these keys, by id, that still open something: the others have been revoked, rotated
   * away or have expired. Fails while the database is away.
   */
  public Future<Set<String>> good(Set<String> ids) {
    return catalog.call(connection -> new PublishKeys(connection).good(ids, clock.instant()));
  }
}
