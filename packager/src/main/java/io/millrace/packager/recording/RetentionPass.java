package io.millrace.packager.recording;

import io.millrace.media.BroadcastId;
import io.millrace.packager.Asset;
import io.millrace.packager.RecordingConfig;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds what there is, removes what is too old or too much, and finds out whether
 * there is room. One thread at a time.
 */
public final class RetentionPass {
  private static final Logger LOGGER = LoggerFactory.getLogger(RetentionPass.class);
  private static final Duration PASS = Duration.ofSeconds(5);
  private static final Duration READING = Duration.ofMinutes(1);

  private final RecordingConfig config;
  private final ObjectStore store;
  private final InstantSource clock;
  private final AssetIndex index;
  private final AssetReader reader;
  private final OpenRecordings open;
  private final RecordingRoom room;
  private final RecordingMetrics metrics;
  private final Predicate<BroadcastId> served;
  private Instant nextPass = Instant.MIN;
  private Instant nextReading = Instant.MIN;

  /**
   * @param served whether a broadcast's live playlists can still be asked for
   */
  public RetentionPass(
      RecordingConfig config,
      ObjectStore store,
      InstantSource clock,
      AssetIndex index,
      AssetReader reader,
      OpenRecordings open,
      RecordingRoom room,
      RecordingMetrics metrics,
      Predicate<BroadcastId> served) {
    this.config = config;
    this.store = store;
    this.clock = clock;
    this.index = index;
    this.reader = reader;
    this.open = open;
    this.room = room;
    this.metrics = metrics;
    this.served = served;
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
    long making = open.bytes();
    List<Asset> assets = index.all();
    Retention.Plan plan =
        Retention.plan(
            config,
            assets,
            making,
            asset -> served.test(asset.id()) || open.isSource(asset.id()),
            clock.instant());
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
