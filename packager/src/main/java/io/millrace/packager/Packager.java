package io.millrace.packager;

import io.millrace.media.BroadcastId;
import io.millrace.media.LiveStreams;
import io.millrace.media.StreamKey;
import io.millrace.packager.export.Exporter;
import io.millrace.packager.importing.Importer;
import io.millrace.packager.live.BroadcastWriters;
import io.millrace.packager.live.LiveCues;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.live.Presentations;
import io.millrace.packager.origin.AssetOrigin;
import io.millrace.packager.origin.PresentationOrigin;
import io.millrace.packager.origin.ThumbnailFiles;
import io.millrace.packager.recording.AssetRoom;
import io.millrace.packager.recording.ClipMaker;
import io.millrace.packager.recording.ClipTimes;
import io.millrace.storage.ObjectStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes every live stream of this node playable: cuts, stores and serves it. {@link #start} before
 * publishers are let in; on the way down {@link LiveStreams#close} first, then {@link #close}, then
 * the store.
 */
public final class Packager {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final long TICK_MILLIS = 250;

  private final Vertx vertx;
  private final Clock clock;
  private final BroadcastWriters writers;
  private final Origin origin;
  private final Recordings recordings;
  private final Cues cues;
  private final ClipMaker clips;
  private final Importer importer;
  private final Exporter exporter;
  private final List<Consumer<StoredSegment>> storedListeners = new CopyOnWriteArrayList<>();
  private long timer = -1;

  /** One that passes every source through, and makes nothing of it. */
  public Packager(
      Vertx vertx,
      PackagerConfig config,
      RecordingConfig recording,
      ObjectStore store,
      LiveStreams liveStreams,
      Clock clock,
      PrometheusRegistry registry) {
    this(
        vertx,
        config,
        recording,
        store,
        liveStreams,
        clock,
        registry,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * @param rungs makes what {@link PackagerConfig#ladder} names beside the source, or a stream's
   *     own ladder
   * @param pictures what is made of the streams, and who does it
   * @param files reads those that are imported
   */
  public Packager(
      Vertx vertx,
      PackagerConfig config,
      RecordingConfig recording,
      ObjectStore store,
      LiveStreams liveStreams,
      Clock clock,
      PrometheusRegistry registry,
      Optional<RungMaker> rungs,
      Optional<Pictures> pictures,
      Optional<MediaReader> files) {
    this.vertx = vertx;
    this.clock = clock;
    PackagerMetrics metrics = new PackagerMetrics(registry);
    Presentations presentations = new Presentations(config.heldRequests(), metrics);
    recordings =
        new Recordings(
            vertx,
            recording,
            store,
            clock,
            metrics,
            registry,
            broadcast -> presentations.find(broadcast).isPresent());
    writers =
        new BroadcastWriters(
            vertx,
            config,
            store,
            liveStreams,
            presentations,
            clock,
            metrics,
            recordings.shelf(),
            this::stored,
            rungs);
    cues = new LiveCues(writers);
    AssetRoom room = new AssetRoom(vertx, store, recordings, ClipTimes.STANDARD);
    clips =
        new ClipMaker(
            vertx,
            store,
            recordings,
            broadcast -> presentations.find(broadcast).map(PresentationSlot::broadcast),
            clock,
            ClipTimes.STANDARD,
            room);
    importer = new Importer(vertx, config, store, recordings, room, files, rungs, clock);
    exporter = new Exporter(store, recordings.reader());
    ThumbnailFiles thumbnails = new ThumbnailFiles(store, pictures);
    origin =
        new AssetOrigin(
            new PresentationOrigin(
                presentations,
                store,
                config,
                metrics,
                clock,
                pictures.map(Pictures::maker),
                thumbnails),
            store,
            recordings.index(),
            recordings.reader(),
            metrics,
            thumbnails);
  }

  /**
   * Takes up the broadcasts that an earlier start left, then every new one.
   *
   * @return fails when the store cannot be read
   */
  public Future<Void> start() {
    return writers
        .start()
        .map(
            v -> {
              timer = vertx.setPeriodic(TICK_MILLIS, id -> tick());
              return null;
            });
  }

  private void tick() {
    Instant now = clock.instant();
    writers.tick(now);
    recordings.tick(now);
  }

  /** The broadcasts that have been recorded. */
  public Recordings recordings() {
    return recordings;
  }

  /** Makes an asset of a part of another, or of what is on air; see {@link ClipReply}. */
  public Future<ClipReply> clip(ClipRequest request) {
    return clips.make(request);
  }

  /** Makes an asset of a file. From any thread. */
  public Importing importFile(ImportRequest request) {
    return importer.begin(request);
  }

  /**
   * Makes one MP4 of an asset.
   *
   * @param rung {@code source}, {@code audio}, or a word like {@code 480p}; empty for the top one
   */
  public Future<ExportReply> export(BroadcastId asset, Optional<String> rung) {
    return exporter.export(asset, rung);
  }

  /**
   * Adds somebody who is told of each segment that the store has confirmed, on the stream's home
   * context, never to block.
   */
  public void onStored(Consumer<StoredSegment> listener) {
    storedListeners.add(listener);
  }

  private void stored(StoredSegment segment) {
    storedListeners.forEach(listener -> listener.accept(segment));
  }

  public Origin origin() {
    return origin;
  }

  /** The cue points of this node's streams. */
  public Cues cues() {
    return cues;
  }

  /** Whether the store keeps up with a stream; while it does not, the stream lives in memory. */
  public boolean isStoring(StreamKey stream) {
    return writers.isStoring(stream);
  }

  /** Stores what waits for the store, for some seconds at most. */
  public Future<Void> close() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    return importer
        .close()
        .timeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .otherwiseEmpty()
        .compose(v -> writers.close(PATIENCE));
  }
}
