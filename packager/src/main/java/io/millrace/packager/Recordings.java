package io.millrace.packager;

import io.millrace.media.BroadcastId;
import io.millrace.packager.live.RecordingShelf;
import io.millrace.packager.recording.AssetIndex;
import io.millrace.packager.recording.AssetReader;
import io.millrace.packager.recording.RecordingMetrics;
import io.millrace.packager.recording.RecordingRoom;
import io.millrace.packager.recording.Retention;
import io.millrace.packager.state.AssetRecord;
import io.millrace.storage.ObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The assets of this node's store: which there are, and how long they are kept. Removes the oldest
 * where they take too much, and stops recording where there is no room. Thread-safe.
 */
public final class Recordings {
  private static final Logger LOGGER = LoggerFactory.getLogger(Recordings.class);
  private static final Duration PASS = Duration.ofSeconds(5);
  private static final Duration READING = Duration.ofMinutes(1);

  private final RecordingConfig config;
  private final ObjectStore store;
  private final InstantSource clock;
  private final RecordingMetrics metrics;
  private final AssetIndex index;
  private final AssetReader reader;
  private final RecordingRoom room;
  private final Predicate<BroadcastId> served;
  private final Map<BroadcastId, Long> onAir = new ConcurrentHashMap<>();
  private Instant nextPass = Instant.MIN;
  private Instant nextReading = Instant.MIN;

  /**
   * @param served whether a broadcast's live playlists can still be asked for
   */
  public Recordings(
      Vertx vertx,
      RecordingConfig config,
      ObjectStore store,
      InstantSource clock,
      PackagerMetrics packager,
      PrometheusRegistry registry,
      Predicate<BroadcastId> served) {
    this.config = config;
    this.store = store;
    this.clock = clock;
    this.served = served;
    this.metrics = new RecordingMetrics(registry);
    this.room = new RecordingRoom(config, metrics);
    this.index = new AssetIndex(store, packager);
    this.reader = new AssetReader(vertx, store, index);
  }

  /** The newest first. */
  public List<Asset> all() {
    return index.all().reversed();
  }

  /** An asset that can be played; empty when there is none. */
  public Future<Optional<Asset>> find(BroadcastId id) {
    return index.find(id);
  }

  /** Keeps an asset until somebody removes it, or no longer; empty when there is none. */
  public Future<Optional<Asset>> pin(BroadcastId id, boolean pinned) {
    return index.pin(id, pinned);
  }

  /**
   * Removes an asset: from now on nobody can play it.
   *
   * @return whether there was one
   */
  public Future<Boolean> remove(BroadcastId id) {
    return index
        .remove(id)
        .onSuccess(
            was -> {
              reader.forget(id);
              if (was) {
                metrics.removed("asked");
              }
            });
  }

  /** Why nothing is recorded though it should be, with what to do; empty when all is well. */
  public Optional<String> trouble() {
    return room.trouble();
  }

  /**
   * Why so much more cannot be kept, with what to do about it: it would be more than may be, though
   * all that may go were gone.
   */
  public Optional<String> lackOfRoom(long bytes) {
    long kept =
        onAir.values().stream().mapToLong(Long::longValue).sum()
            + index.all().stream().filter(Asset::pinned).mapToLong(Asset::bytes).sum();
    return trouble()
        .or(
            () ->
                kept + bytes <= config.maxBytes()
                    ? Optional.empty()
                    : Optional.of(
                        "it would take "
                            + bytes
                            + " bytes, and with what is pinned and on air that is more than"
                            + " recording.maxBytes ("
                            + config.maxBytes()
                            + "); unpin or delete recordings, or raise it"));
  }

  /** For the origin. */
  public AssetReader reader() {
    return reader;
  }

  /** For the origin. */
  public AssetIndex index() {
    return index;
  }

  /** For those who write broadcasts. */
  public RecordingShelf shelf() {
    return new RecordingShelf() {
      @Override
      public boolean isOn() {
        return config.enabled();
      }

      @Override
      public boolean hasRoom() {
        return room.isThere();
      }

      @Override
      public void recorded(BroadcastId broadcast, long bytes) {
        onAir.put(broadcast, bytes);
      }

      @Override
      public void refused() {
        metrics.refused();
      }

      @Override
      public void sealed(AssetRecord asset) {
        onAir.remove(asset.asset().id());
        index.add(asset.asset());
        LOGGER
            .atInfo()
            .addKeyValue("stream", asset.asset().stream())
            .addKeyValue("broadcast", asset.asset().id())
            .addKeyValue("bytes", asset.asset().bytes())
            .log("recorded");
      }

      @Override
      public void gone(BroadcastId broadcast) {
        onAir.remove(broadcast);
      }
    };
  }

  /** Does what is due; called several times a second, by one thread at a time. */
  public void tick(Instant now) {
    if (now.isBefore(nextPass)) {
      return;
    }
    nextPass = now.plus(PASS);
    Future<Void> reading = Future.succeededFuture();
    if (!now.isBefore(nextReading)) {
      nextReading = now.plus(READING);
      reading = index.read();
    }
    reading
        .compose(v -> store.freeShare())
        .onSuccess(this::pass)
        .onFailure(
            failure ->
                LOGGER
                    .atDebug()
                    .addKeyValue("reason", failure.getMessage())
                    .log("recordings are looked at again later"));
  }

  private void pass(Optional<Double> free) {
    long making = onAir.values().stream().mapToLong(Long::longValue).sum();
    List<Asset> assets = index.all();
    Retention.Plan plan =
        Retention.plan(config, assets, making, asset -> served.test(asset.id()), clock.instant());
    List<Future<Boolean>> removals = new ArrayList<>();
    for (Retention.Removal removal : plan.removals()) {
      removals.add(remove(removal));
    }
    room.look(plan.left(), free);
    metrics.holds(
        assets.size() - removals.size(), making + assets.stream().mapToLong(Asset::bytes).sum());
  }

  private Future<Boolean> remove(Retention.Removal removal) {
    Asset asset = removal.asset();
    String reason = removal.reason().name().toLowerCase(Locale.ROOT);
    return index
        .removeUnpinned(asset.id())
        .onSuccess(
            was -> {
              if (!was) {
                return;
              }
              reader.forget(asset.id());
              metrics.removed(reason);
              LOGGER
                  .atInfo()
                  .addKeyValue("stream", asset.stream())
                  .addKeyValue("broadcast", asset.id())
                  .addKeyValue("reason", reason)
                  .addKeyValue("bytes", asset.bytes())
                  .log("an old recording is removed");
            });
  }
}
