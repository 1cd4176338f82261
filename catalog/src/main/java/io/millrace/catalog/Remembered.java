package io.millrace.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Answers of the database, kept for a moment to spare it, and longer for when it is away. Only what
 * is there is kept: the unknown is always asked for. Bounded, least used out first. Thread-safe.
 */
final class Remembered<K, V> {
  private record Held<V>(V value, Instant since) {}

  private final Cache<K, Held<V>> held;
  private final Duration fresh;
  private final Duration stale;
  private final InstantSource clock;

  /**
   * @param fresh how long an answer is good without asking again
   * @param stale how long it is good while nobody can be asked
   */
  Remembered(int capacity, Duration fresh, Duration stale, InstantSource clock) {
    this.held = Caffeine.newBuilder().maximumSize(capacity).build();
    this.fresh = fresh;
    this.stale = stale;
    this.clock = clock;
  }

  /** The answer; fails when it is not known well enough and cannot be asked for. */
  Future<Optional<V>> get(K key, Supplier<Future<Optional<V>>> ask) {
    Instant now = clock.instant();
    Held<V> known = held.getIfPresent(key);
    if (known != null && now.isBefore(known.since.plus(fresh))) {
      return Future.succeededFuture(Optional.of(known.value));
    }
    return ask.get()
        .onSuccess(
            answer ->
                answer.ifPresentOrElse(
                    value -> held.put(key, new Held<>(value, now)), () -> held.invalidate(key)))
        .recover(
            failure ->
                known != null && isAway(failure) && now.isBefore(known.since.plus(stale))
                    ? Future.succeededFuture(Optional.of(known.value))
                    : Future.failedFuture(failure));
  }

  /** Asks the next time. */
  void forget(K key) {
    held.invalidate(key);
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof CatalogException e && e.isAway();
  }
}
