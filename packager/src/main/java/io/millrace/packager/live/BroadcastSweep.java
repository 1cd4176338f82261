package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.PackagerMetrics;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes a broadcast's objects. */
public final class BroadcastSweep {
  private static final Logger LOGGER = LoggerFactory.getLogger(BroadcastSweep.class);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final ObjectStore store;
  private final PackagerMetrics metrics;
  private final Duration again;

  public BroadcastSweep(ObjectStore store, PackagerMetrics metrics) {
    this(store, metrics, AGAIN);
  }

  /**
   * @param again the pause before a sweep that failed is tried again
   */
  BroadcastSweep(ObjectStore store, PackagerMetrics metrics, Duration again) {
    this.store = store;
    this.metrics = metrics;
    this.again = again;
  }

  /**
   * Does something again and again until it goes well, which completes the future, or the node
   * stops.
   *
   * @param again the pause before it is tried again
   */
  public static Future<Void> untilDone(
      Vertx vertx, Duration again, Supplier<Future<Void>> removal) {
    return removal
        .get()
        .recover(
            failure ->
                vertx
                    .timer(again.toMillis(), TimeUnit.MILLISECONDS)
                    .compose(v -> untilDone(vertx, again, removal)));
  }

  /** Removes all of a broadcast's objects, again and again until they are gone. */
  void removeUntilGone(Vertx vertx, Broadcast broadcast) {
    removeUntilGone(vertx, ObjectNames.prefix(broadcast), ObjectNames.index(broadcast));
  }

  /** The same for what is below a prefix, and an index entry. */
  Future<Void> removeUntilGone(Vertx vertx, String prefix, String indexKey) {
    return untilDone(vertx, again, () -> removeAll(prefix, indexKey));
  }

  /**
   * Removes what only a broadcast needs of which there is an asset: its index entry, then its
   * state. Again and again until they are gone.
   *
   * @param first keys of objects that go before: nothing else knows of them either
   */
  void forgetUntilGone(Vertx vertx, Broadcast broadcast, List<String> first) {
    untilDone(
        vertx,
        again,
        () ->
            Future.join(first.stream().map(store::delete).toList())
                .compose(v -> store.delete(ObjectNames.index(broadcast)))
                .compose(v -> store.delete(ObjectNames.state(broadcast)))
                .onFailure(failure -> metrics.storeFailure("delete")));
  }

  /**
   * Removes all of a broadcast's objects and its index entry last, so that a crash on the way
   * leaves it to the next start: nothing else knows of them.
   */
  public Future<Void> removeAll(String prefix, String indexKey) {
    return remove(prefix, key -> true)
        .compose(v -> store.settleRemoval(prefix))
        .compose(v -> store.delete(indexKey))
        .onFailure(
            failure -> {
              metrics.storeFailure("delete");
              LOGGER
                  .atWarn()
                  .addKeyValue("object", prefix)
                  .addKeyValue("reason", failure.getMessage())
                  .log("an ended broadcast stays in the store for now");
            });
  }

  /** Removes the objects below a prefix that somebody chooses. */
  Future<Void> remove(String prefix, Predicate<String> chosen) {
    return store.each(
        prefix,
        info -> chosen.test(info.key()) ? store.delete(info.key()) : Future.succeededFuture());
  }
}
