package io.millrace.edge.cache;

import io.millrace.edge.Upstream;
import io.millrace.edge.UpstreamRequest;
import io.millrace.edge.UpstreamResponse;
import io.millrace.edge.cache.Served.How;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The cache: a fresh stored answer, or one upstream request for everybody who waits.
 *
 * <pre>
 *   get ─ fresh in store ──────────────────────────────────────────────> HIT
 *       └ else: is a flight for this key under way?
 *            yes ─ wait for it ─ lands with something for all ─────────> COLLAPSED
 *            │                 ├ fails ────────────────────────────────> the same failure
 *            │                 └ lands with an answer for one only ────> own request, not shared
 *            no  ─ take off (conditional where the store has a stale one) ─> MISS or STALE
 * </pre>
 *
 * A failure and a 5xx are shared by those who wait and kept for nobody. An answer that may not be
 * kept (no-store, private) belongs to who asked; those who waited ask for themselves, all at the
 * same time. Thread-safe; futures complete on the thread that the upstream answers on.
 */
public final class EdgeCache {

  /** What a flight brought. The flight has one hold on the body while its waiters are told. */
  private record Landed(CachedResponse response, How how, boolean forAll) {}

  private final Upstream upstream;
  private final CacheStore store;
  private final InstantSource clock;
  private final ConcurrentMap<CacheKey, Promise<Landed>> flights = new ConcurrentHashMap<>();

  public EdgeCache(Upstream upstream, CacheStore store, InstantSource clock) {
    this.upstream = upstream;
    this.store = store;
    this.clock = clock;
  }

  /** An answer for a request that came at {@code now}; the receiver releases its body. */
  public Future<Served> get(CacheKey key, Instant now) {
    Optional<CachedResponse> stored = store.find(key);
    if (stored.isPresent() && stored.get().isFresh(now)) {
      return Future.succeededFuture(new Served(stored.get(), How.HIT));
    }
    Promise<Landed> mine = Promise.promise();
    Promise<Landed> flying = flights.putIfAbsent(key, mine);
    if (flying != null) {
      stored.ifPresent(stale -> stale.body().release());
      return join(flying.future(), key);
    }
    Optional<CachedResponse> newer = store.find(key);
    if (newer.isPresent() && newer.get().isFresh(now)) {
      // Another flight landed between the two looks.
      stored.ifPresent(stale -> stale.body().release());
      flights.remove(key, mine);
      mine.complete(new Landed(newer.get(), How.COLLAPSED, true));
      return Future.succeededFuture(new Served(newer.get(), How.COLLAPSED));
    }
    newer.ifPresent(same -> same.body().release());
    Future<Served> answer = hold(mine.future(), key);
    ask(key, stored).onComplete(landed -> land(key, mine, landed));
    return answer;
  }

  /** Objects that are being asked for now. */
  public int inFlight() {
    return flights.size();
  }

  private void land(CacheKey key, Promise<Landed> flight, AsyncResult<Landed> result) {
    if (result.succeeded()) {
      // Stored before the flight is taken off, so that nobody falls between the two.
      Landed landed = result.result();
      if (landed.response().freshness().storable()) {
        store.put(key, landed.response());
      } else if (landed.response().status() < 500) {
        store.remove(key);
      }
      flights.remove(key, flight);
      flight.complete(landed);
      landed.response().body().release();
    } else {
      flights.remove(key, flight);
      flight.fail(result.cause());
    }
  }

  private Future<Served> join(Future<Landed> flight, CacheKey key) {
    return flight.compose(
        landed ->
            landed.forAll() && landed.response().body().tryHold()
                ? Future.succeededFuture(new Served(landed.response(), How.COLLAPSED))
                : alone(key));
  }

  private Future<Served> hold(Future<Landed> flight, CacheKey key) {
    return flight.compose(
        landed ->
            landed.response().body().tryHold()
                ? Future.succeededFuture(new Served(landed.response(), landed.how()))
                : alone(key));
  }

  private Future<Served> alone(CacheKey key) {
    return ask(key, Optional.empty()).map(landed -> new Served(landed.response(), How.MISS));
  }

  /** Asks upstream. Ends the hold on the stale answer; the result's body has one hold. */
  private Future<Landed> ask(CacheKey key, Optional<CachedResponse> stale) {
    Instant requested = clock.instant();
    MultiMap conditions =
        stale.map(Revalidation::conditions).orElseGet(MultiMap::caseInsensitiveMultiMap);
    Future<UpstreamResponse> answer;
    try {
      answer = upstream.fetch(new UpstreamRequest(key.path(), key.query(), conditions));
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    return answer
        .map(response -> taken(response, stale, requested))
        .onFailure(failure -> stale.ifPresent(old -> old.body().release()));
  }

  private Landed taken(UpstreamResponse answer, Optional<CachedResponse> stale, Instant requested) {
    Instant received = clock.instant();
    MultiMap fields = EndToEnd.fields(answer.headers());
    if (answer.status() == 304 && stale.isPresent()) {
      CachedResponse fresh = Revalidation.refresh(stale.get(), fields, requested, received);
      return new Landed(fresh, How.STALE, true);
    }
    Freshness freshness = Freshness.of(answer.status(), fields, requested, received);
    CachedResponse fresh =
        new CachedResponse(answer.status(), fields, SharedBody.copyOf(answer.body()), freshness);
    stale.ifPresent(old -> old.body().release());
    return new Landed(
        fresh,
        stale.isPresent() ? How.STALE : How.MISS,
        freshness.storable() || answer.status() >= 500);
  }
}
