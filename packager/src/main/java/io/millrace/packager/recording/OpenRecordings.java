package io.millrace.packager.recording;

import io.millrace.media.BroadcastId;
import io.millrace.packager.RecordingConfig;
import io.millrace.packager.live.RecordingShelf;
import io.millrace.packager.state.AssetRecord;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recordings in the making on this node, and how much room they take; when one is done, its
 * asset is in the index. Any thread.
 */
public final class OpenRecordings implements RecordingShelf {
  private static final Logger LOGGER = LoggerFactory.getLogger(OpenRecordings.class);

  private final RecordingConfig config;
  private final RecordingRoom room;
  private final AssetIndex index;
  private final RecordingMetrics metrics;
  private final Map<BroadcastId, Long> bytes = new ConcurrentHashMap<>();

  /** What clips are made of now, and of how many. */
  private final Map<BroadcastId, Integer> sources = new ConcurrentHashMap<>();

  public OpenRecordings(
      RecordingConfig config, RecordingRoom room, AssetIndex index, RecordingMetrics metrics) {
    this.config = config;
    this.room = room;
    this.index = index;
    this.metrics = metrics;
  }

  /** What all of them take. */
  public long bytes() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** A clip is being made of it: it stays until {@link #releaseSource}, as if it were pinned. */
  void holdSource(BroadcastId id) {
    sources.merge(id, 1, Integer::sum);
  }

  /** One clip less is being made of it. */
  void releaseSource(BroadcastId id) {
    sources.computeIfPresent(id, (of, clips) -> clips == 1 ? null : clips - 1);
  }

  /** Whether a clip is being made of it. */
  public boolean isSource(BroadcastId id) {
    return sources.containsKey(id);
  }

  @Override
  public boolean isOn() {
    return config.enabled();
  }

  @Override
  public boolean hasRoom() {
    return room.isThere();
  }

  @Override
  public void recorded(BroadcastId broadcast, long size) {
    bytes.put(broadcast, size);
  }

  @Override
  public void refused() {
    metrics.refused();
  }

  @Override
  public void sealed(AssetRecord asset) {
    bytes.remove(asset.asset().id());
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
    bytes.remove(broadcast);
  }
}
