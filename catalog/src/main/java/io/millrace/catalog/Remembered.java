package io.millrace.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers of the database, kept to spare it, and for longer while it is away. What was asked for
 * and is not there is kept too, apart, so that invented names push out nothing real. Equal
 * questions at one time are one question.
 *
 * <pre>
 *   age of an answer   0 ......... fresh ............ lenient ............ stale
 *   what happens       it is given | given, and asked | asked, with        | asked; fails where
 *                                  | for meanwhile    | patience; if that  | nobody answers
 *                                  |                  | ends, it is given  | in time
 * </pre>
 *
 * While the database is known to struggle, what could be given after some patience is given at
 * once. Thread-safe; futures complete on the asker's Vert.x context where there is one.
 */
final class Remembered<K, V> {
  /**
   * How long answers are good.
   *
   * @param capacity answers kept; a tenth as many for what is not there
   * @param fresh without asking again; zero: each time it is asked
   * @param lenient without waiting for the answer
   * @param stale while nobody answers
   * @param unknown for what is not there
   * @param patience how long one question may keep anybody waiting
   */
  record Terms(
      int capacity,
      Duration fresh,
      Duration lenient,
      Duration stale,
      Duration unknown,
      Duration patience) {}

  private record Held<V>(V value, Instant since) {}

  private record Question<K, V>(Future<Map<K, V>> answer, long sinceNanos) {}

  private final Terms terms;
  private final InstantSource clock;
  private final Function<Set<K>, Future<Map<K, V>>> ask;
  private final Cache<K, Held<V>> held;
  private final Cache<K, Instant> absent;
  private final ConcurrentMap<Set<K>, Question<K, V>> asking = new ConcurrentHashMap<>();
  private volatile boolean struggling;

  /**
   * @param ask for all of some keys at once; what is not there is not in the answer
   */
  Remembered(Terms terms, InstantSource clock, Function<Set<K>, Future<Map<K, V>>> ask) {
    this.terms = terms;
    this.clock = clock;
    this.ask = ask;
    this.held = Caffeine.newBuilder().maximumSize(terms.capacity()).build();
    this.absent = Caffeine.newBuilder().maximumSize(terms.capacity() / 10).build();
  }

  /** One answer; fails when it is not known well enough and cannot be asked for. */
  Future<Optional<V>> get(K key) {
    return getAll(Set.of(key)).map(all -> Optional.ofNullable(all.get(key)));
  }

  /** What there is of these; fails when something is not known well enough and nobody answers. */
  Future<Map<K, V>> getAll(Set<K> keys) {
    Instant now = clock.instant();
    Map<K, V> known = new HashMap<>();
    Set<K> old = new HashSet<>();
    boolean mustWait = false;
    for (K key : keys) {
      Held<V> before = held.getIfPresent(key);
      if (before != null) {
        known.put(key, before.value);
      }
      if (!isFresh(key, before, now)) {
        old.add(key);
        mustWait |= !canGoWithout(before, now);
      }
    }
    if (old.isEmpty()) {
      return Future.succeededFuture(known);
    }
    Question<K, V> question = question(Set.copyOf(old), now);
    if (!mustWait) {
      return Future.succeededFuture(known);
    }
    return inTime(question)
        .map(answer -> joined(known, old, answer))
        .recover(failure -> instead(known, old, now, failure));
  }

  /** What is remembered of these, however old. */
  Map<K, V> recall(Set<K> keys) {
    return held.getAllPresent(keys).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().value));
  }

  /** Asks the next time. */
  void forget(K key) {
    // A question that is under way may have read what was there before.
    asking.keySet().removeIf(keys -> keys.contains(key));
    held.invalidate(key);
    absent.invalidate(key);
  }

  private boolean isFresh(K key, @Nullable Held<V> before, Instant now) {
    if (before != null) {
      return now.isBefore(before.since.plus(terms.fresh()));
    }
    Instant missed = absent.getIfPresent(key);
    return missed != null && now.isBefore(missed.plus(terms.unknown()));
  }

  /** Whether this answer may be given before the new one is there. */
  private boolean canGoWithout(@Nullable Held<V> before, Instant now) {
    if (before == null || terms.lenient().isZero()) {
      return false;
    }
    Duration limit = struggling ? terms.stale() : terms.lenient();
    return now.isBefore(before.since.plus(limit));
  }

  private Question<K, V> question(Set<K> keys, Instant now) {
    Promise<Map<K, V>> answer = Promise.promise();
    Question<K, V> mine = new Question<>(answer.future(), System.nanoTime());
    Question<K, V> other = asking.putIfAbsent(keys, mine);
    if (other != null) {
      return other;
    }
    ask.apply(keys)
        .onComplete(
            result -> {
              boolean wanted = asking.remove(keys, mine);
              struggling = result.failed() && isAway(result.cause());
              if (wanted && result.succeeded()) {
                keep(keys, result.result(), now);
              }
              answer.handle(result);
            });
    return mine;
  }

  private void keep(Set<K> keys, Map<K, V> answer, Instant now) {
    for (K key : keys) {
      V value = answer.get(key);
      if (value != null) {
        held.put(key, new Held<>(value, now));
        absent.invalidate(key);
      } else {
        held.invalidate(key);
        if (!terms.unknown().isZero()) {
          absent.put(key, now);
        }
      }
    }
  }

  /** The question's answer on the caller's context, or a failure when patience ends before it. */
  private Future<Map<K, V>> inTime(Question<K, V> question) {
    Promise<Map<K, V>> promise = Promise.promise();
    Context context = Vertx.currentContext();
    long left = terms.patience().toNanos() - (System.nanoTime() - question.sinceNanos);
    var _ =
        question
            .answer
            .toCompletionStage()
            .toCompletableFuture()
            .orTimeout(Math.max(0, left), TimeUnit.NANOSECONDS)
            .whenComplete(
                (answer, failure) -> {
                  if (failure instanceof TimeoutException) {
                    struggling = true;
                  }
                  Runnable next = () -> pass(promise, answer, failure);
                  if (context == null) {
                    next.run();
                  } else {
                    context.runOnContext(v -> next.run());
                  }
                });
    return promise.future();
  }

  private static <T> void pass(Promise<T> promise, T answer, @Nullable Throwable failure) {
    if (failure == null) {
      promise.complete(answer);
    } else {
      promise.fail(
          failure instanceof TimeoutException
              ? new CatalogException("the database does not answer", true, failure)
              : failure);
    }
  }

  /** Instead of an answer that nobody gives: what is remembered, where it is of every key. */
  private Future<Map<K, V>> instead(Map<K, V> known, Set<K> old, Instant now, Throwable failure) {
    boolean good =
        isAway(failure)
            && old.stream()
                .map(held::getIfPresent)
                .allMatch(its -> its != null && now.isBefore(its.since.plus(terms.stale())));
    return good ? Future.succeededFuture(known) : Future.failedFuture(failure);
  }

  private static <K, V> Map<K, V> joined(Map<K, V> known, Set<K> asked, Map<K, V> answer) {
    known.keySet().removeAll(asked);
    known.putAll(answer);
    return known;
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof CatalogException e && e.isAway();
  }
}
