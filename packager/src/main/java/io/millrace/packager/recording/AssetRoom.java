package io.millrace.packager.recording;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Recordings;
import io.millrace.packager.live.BroadcastSweep;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The room of assets that are made beside broadcasts, clips and imports: none is begun that does
 * not fit, and what failed is removed until it is gone. Thread-safe; what waits blocks the virtual
 * thread that it is called on.
 */
public final class AssetRoom {
  private static final long PAUSE_MILLIS = 1000;

  private final Vertx vertx;
  private final ObjectStore store;
  private final Recordings recordings;
  private final ClipTimes times;

  public AssetRoom(Vertx vertx, ObjectStore store, Recordings recordings, ClipTimes times) {
    this.vertx = vertx;
    this.store = store;
    this.recordings = recordings;
    this.times = times;
  }

  /**
   * Takes room; one after the other, so that no two take the same.
   *
   * @param free the share of the store's room that is free, where it is known
   * @return why there is none, with what to do about it
   */
  public synchronized Optional<String> take(BroadcastId id, long bytes, Optional<Double> free) {
    Optional<String> lack = recordings.lackOfRoom(bytes, free);
    if (lack.isEmpty()) {
      recordings.shelf().recorded(id, bytes);
    }
    return lack;
  }

  /** It is an asset now, or was never begun. */
  public void giveBack(BroadcastId id) {
    recordings.shelf().gone(id);
  }

  /**
   * Removes what there is of one that failed, again and again; until then its bytes are counted.
   *
   * @return whether the first try has done it
   */
  public boolean isRemoved(Broadcast asset) {
    Future<Void> first = recordings.index().giveUp(asset);
    first
        .recover(
            failure ->
                vertx
                    .timer(times.again().toMillis(), TimeUnit.MILLISECONDS)
                    .compose(
                        v ->
                            BroadcastSweep.untilDone(
                                vertx, times.again(), () -> recordings.index().giveUp(asset))))
        .onSuccess(v -> giveBack(asset.id()));
    first.otherwiseEmpty().await();
    return first.succeeded();
  }

  /**
   * Waits until everybody finds what has been put. The store answers after some seconds when it has
   * not all yet; then it is asked again.
   *
   * @throws StorageException when that takes too long
   */
  public void awaitDelivery(String prefix) {
    long began = System.nanoTime();
    while (true) {
      try {
        store.delivered(prefix).await();
        return;
      } catch (StorageException e) {
        if (System.nanoTime() - began >= times.delivery().toNanos()) {
          throw e;
        }
      }
      vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).await();
    }
  }
}
