package io.millrace.packager.recording;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.live.BroadcastSweep;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.AssetRecord.Stage;
import io.millrace.storage.ObjectInfo;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StoredObject;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assets that there are: their records in the store, and what is told of them. Thread-safe.
 *
 * <p>One in the making has a record too, which says so. What the first reading finds of them an
 * earlier start has left, or another server makes them: they are removed. Whoever makes one ends
 * with a conditional put, so of the two one comes first, and the other is told.
 */
public final class AssetIndex {
  private static final Logger LOGGER = LoggerFactory.getLogger(AssetIndex.class);
  private static final int ATTEMPTS = 5;

  private final ObjectStore store;
  private final BroadcastSweep sweep;
  private final ConcurrentSkipListMap<BroadcastId, Asset> assets = new ConcurrentSkipListMap<>();

  /** Those whose objects are not all gone. */
  private final Set<BroadcastId> removing = ConcurrentHashMap.newKeySet();

  /** Those that are being made here. */
  private final Set<BroadcastId> making = ConcurrentHashMap.newKeySet();

  /** Those that others were making when this node started; they are removed. */
  private final Set<BroadcastId> leftOver = ConcurrentHashMap.newKeySet();

  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  /** Whether the store has been read once. */
  private volatile boolean read;

  public AssetIndex(ObjectStore store, PackagerMetrics metrics) {
    this.store = store;
    this.sweep = new BroadcastSweep(store, metrics);
  }

  /** The oldest first. */
  public List<Asset> all() {
    return List.copyOf(assets.values());
  }

  /** There is a new one. */
  public void add(Asset asset) {
    if (!removing.contains(asset.id())) {
      assets.put(asset.id(), asset);
    }
  }

  /** Looks what the store has, and goes on with removals that have not come to their end. */
  public Future<Void> read() {
    Set<BroadcastId> before = new HashSet<>(assets.keySet());
    return store
        .each(ObjectNames.ASSETS, info -> look(info, before))
        .compose(
            v -> {
              before.forEach(assets::remove);
              read = true;
              List<Future<Void>> again = new ArrayList<>();
              removing.forEach(id -> again.add(clear(id)));
              leftOver.forEach(id -> again.add(takeDown(id)));
              return Future.join(again).<Void>mapEmpty().otherwiseEmpty();
            });
  }

  /** Never fails: it is tried again with the next reading. */
  private Future<Void> takeDown(BroadcastId id) {
    return remove(id, asset -> asset.stage() == Stage.MAKING)
        .onSuccess(
            was -> {
              leftOver.remove(id);
              if (was) {
                LOGGER.atInfo().addKeyValue("broadcast", id).log("half an asset is removed");
              }
            })
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /**
   * @param unseen known ones that have not been found yet
   */
  private Future<Void> look(ObjectInfo info, Set<BroadcastId> unseen) {
    Optional<BroadcastId> id = idOf(info.key());
    id.ifPresent(unseen::remove);
    return id.filter(its -> !assets.containsKey(its) && !removing.contains(its))
        .map(its -> record(its).<Void>mapEmpty())
        .orElseGet(Future::succeededFuture);
  }

  private static Optional<BroadcastId> idOf(String key) {
    try {
      return Optional.of(new BroadcastId(key.substring(ObjectNames.ASSETS.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** An asset that can be played; looked for in the store where it is not known. */
  public Future<Optional<Asset>> find(BroadcastId id) {
    Asset known = assets.get(id);
    return known != null
        ? Future.succeededFuture(Optional.of(known))
        : record(id).map(found -> found.map(AssetRecord::asset));
  }

  /** The record of an asset that can be played. */
  Future<Optional<AssetRecord>> record(BroadcastId id) {
    return stored(id)
        .map(
            found -> {
              Optional<AssetRecord> asset = found.flatMap(object -> parse(id, object));
              if (asset.isEmpty()) {
                return asset;
              }
              return switch (asset.get().stage()) {
                case MAKING -> {
                  if (!read && !making.contains(id)) {
                    leftOver.add(id);
                  }
                  yield Optional.empty();
                }
                case REMOVING -> {
                  assets.remove(id);
                  removing.add(id);
                  yield Optional.empty();
                }
                case WHOLE -> {
                  // It may have been pinned since it was read.
                  assets.putIfAbsent(id, asset.get().asset());
                  yield asset;
                }
              };
            });
  }

  /**
   * An asset is going to be made: from now on a start finds what there is of it.
   *
   * @param asset as it will be
   * @return what {@link #made} needs
   */
  public Future<String> begin(AssetRecord asset) {
    BroadcastId id = asset.asset().id();
    making.add(id);
    return store
        .putIf(ObjectNames.asset(id), Optional.empty(), asset.toBuffer())
        .map(put -> put.orElseThrow(() -> new TakenOverException(id)).tag());
  }

  /**
   * All that it names is there for everybody: there is an asset from now on.
   *
   * @return fails with {@link TakenOverException} when another server has taken it down
   */
  public Future<Void> made(AssetRecord asset, String tag) {
    BroadcastId id = asset.asset().id();
    return store
        .putIf(ObjectNames.asset(id), Optional.of(tag), asset.made().toBuffer())
        .map(
            put -> {
              if (put.isEmpty()) {
                throw new TakenOverException(id);
              }
              add(asset.asset());
              making.remove(id);
              return null;
            });
  }

  /** One that was begun is not made; to be asked again while it fails. */
  Future<Void> giveUp(Broadcast broadcast) {
    BroadcastId id = broadcast.id();
    return change(id, asset -> true, AssetRecord::beingRemoved, ATTEMPTS)
        .compose(
            v -> {
              assets.remove(id);
              return sweep.removeAll(ObjectNames.prefix(broadcast), ObjectNames.asset(id));
            })
        .onSuccess(v -> making.remove(id));
  }

  /** Another server has started and removes what was being made here. */
  static final class TakenOverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TakenOverException(BroadcastId id) {
      super("another server has taken the asset " + id + " down", null, false, false);
    }
  }

  private Future<Optional<StoredObject>> stored(BroadcastId id) {
    return store.get(ObjectNames.asset(id));
  }

  private Optional<AssetRecord> parse(BroadcastId id, StoredObject object) {
    try {
      return Optional.of(AssetRecord.parse(object.content()));
    } catch (IllegalArgumentException e) {
      if (unreadable.add(id.value())) {
        LOGGER
            .atError()
            .addKeyValue("object", object.info().key())
            .addKeyValue("reason", e.getMessage())
            .log("a recording cannot be read; its objects stay where they are");
      }
      return Optional.empty();
    }
  }

  /** Keeps an asset until somebody removes it, or no longer; empty when there is none. */
  public Future<Optional<Asset>> pin(BroadcastId id, boolean pinned) {
    return change(id, AssetIndex::isWhole, asset -> asset.withPin(pinned), ATTEMPTS)
        .map(
            changed -> {
              changed.ifPresent(asset -> add(asset.asset()));
              return changed.map(AssetRecord::asset);
            });
  }

  /**
   * Removes an asset: at once nobody sees it, then its objects go.
   *
   * @return whether there was one
   */
  public Future<Boolean> remove(BroadcastId id) {
    return remove(id, AssetIndex::isWhole);
  }

  /** The same, unless it is pinned by now. */
  public Future<Boolean> removeUnpinned(BroadcastId id) {
    return remove(id, asset -> isWhole(asset) && !asset.asset().pinned());
  }

  private static boolean isWhole(AssetRecord asset) {
    return asset.stage() == Stage.WHOLE;
  }

  private Future<Boolean> remove(BroadcastId id, Predicate<AssetRecord> wanted) {
    return change(id, wanted, AssetRecord::beingRemoved, ATTEMPTS)
        .map(
            changed -> {
              if (changed.isEmpty()) {
                return false;
              }
              removing.add(id);
              assets.remove(id);
              clear(id);
              return true;
            });
  }

  /** Never fails: what is left is tried again with the next reading. */
  private Future<Void> clear(BroadcastId id) {
    return stored(id)
        .compose(
            found -> {
              Optional<AssetRecord> asset = found.flatMap(object -> parse(id, object));
              return asset.isEmpty()
                  ? Future.<Void>succeededFuture()
                  : sweep.removeAll(
                      ObjectNames.prefix(asset.get().broadcast()), ObjectNames.asset(id));
            })
        .onSuccess(v -> removing.remove(id))
        .otherwiseEmpty();
  }

  private Future<Optional<AssetRecord>> change(
      BroadcastId id,
      Predicate<AssetRecord> wanted,
      UnaryOperator<AssetRecord> change,
      int attempts) {
    return stored(id)
        .compose(
            found -> {
              Optional<AssetRecord> asset =
                  found
                      .flatMap(object -> parse(id, object))
                      .filter(its -> its.stage() != Stage.REMOVING)
                      .filter(wanted);
              if (asset.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
              }
              AssetRecord changed = change.apply(asset.get());
              return store
                  .putIf(
                      ObjectNames.asset(id),
                      found.map(object -> object.info().tag()),
                      changed.toBuffer())
                  .compose(
                      put ->
                          put.isPresent()
                              ? Future.succeededFuture(Optional.of(changed))
                              : attempts > 1
                                  ? change(id, wanted, change, attempts - 1)
                                  : Future.failedFuture(
                                      new IllegalStateException(
                                          "the asset " + id + " is changed by others")));
            });
  }
}
