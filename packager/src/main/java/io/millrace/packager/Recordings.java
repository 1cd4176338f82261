package io.millrace.packager;

import io.millrace.media.BroadcastId;
import io.millrace.packager.live.RecordingShelf;
import io.millrace.packager.recording.AssetIndex;
import io.millrace.packager.recording.AssetReader;
import io.millrace.packager.recording.OpenRecordings;
import io.millrace.packager.recording.RecordingMetrics;
import io.millrace.packager.recording.RecordingRoom;
import io.millrace.packager.recording.RetentionPass;
import io.millrace.storage.ObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The assets of this node's store: what is asked of them, and what makes and keeps them behind
 * that. Thread-safe.
 */
public final class Recordings {
  private final RecordingMetrics metrics;
  private final AssetIndex index;
  private final AssetReader reader;
  private final RecordingRoom room;
  private final OpenRecordings open;
  private final RetentionPass pass;

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
    this.metrics = new RecordingMetrics(registry);
    this.room = new RecordingRoom(config, metrics);
    this.index = new AssetIndex(store, packager);
    this.reader = new AssetReader(vertx, store, index);
    this.open = new OpenRecordings(config, room, index, metrics);
    this.pass = new RetentionPass(config, store, clock, index, reader, open, room, metrics, served);
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
   *
   * @param free the share of the store's room that is free, where it is known
   */
  public Optional<String> lackOfRoom(long bytes, Optional<Double> free) {
    long staying =
        index.all().stream()
            .filter(asset -> asset.pinned() || open.isSource(asset.id()))
            .mapToLong(Asset::bytes)
            .sum();
    return room.lackFor(bytes, open.bytes() + staying, free);
  }

  /** Why nothing more is to be written to the disk below the store, recorded or not. */
  public Optional<String> lackOfDisk(Optional<Double> free) {
    return room.lackOfDisk(free);
  }

  /** For the origin. */
  public AssetReader reader() {
    return reader;
  }

  /** For the origin. */
  public AssetIndex index() {
    return index;
  }

  /** For those who make clips. */
  public OpenRecordings open() {
    return open;
  }

  /** For those who write broadcasts. */
  public RecordingShelf shelf() {
    return open;
  }

  /** Does what is due; called several times a second, by one thread at a time. */
  public void tick(Instant now) {
    pass.tick(now);
  }
}
