package io.millrace.packager.recording;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.media.BroadcastId;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.live.RecordedBroadcast;
import io.millrace.packager.live.RecordedPlaylists;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads assets to be played. Those that have been asked for lately are kept, by the number of their
 * segments; whoever asks for one that is being read waits for it. Thread-safe.
 */
public final class AssetReader {
  private static final Duration KEPT = Duration.ofMinutes(10);

  /** About 100 MB: a segment and its lines take some 400 bytes. */
  private static final int MOST_SEGMENTS = 250_000;

  private static final int AT_ONCE = 16;

  private final Vertx vertx;
  private final ObjectStore store;
  private final AssetIndex index;
  private final Cache<BroadcastId, RecordedBroadcast> read =
      Caffeine.newBuilder()
          .maximumWeight(MOST_SEGMENTS)
          .weigher(AssetReader::segments)
          .expireAfterAccess(KEPT)
          .ticker(Ticker.systemTicker())
          .executor(Runnable::run)
          .build();
  private final Map<BroadcastId, Future<Optional<RecordedBroadcast>>> reading =
      new ConcurrentHashMap<>();

  public AssetReader(Vertx vertx, ObjectStore store, AssetIndex index) {
    this.vertx = vertx;
    this.store = store;
    this.index = index;
  }

  /** A cue point takes about as much as a segment. */
  private static int segments(BroadcastId id, RecordedBroadcast asset) {
    return 1
        + asset.cues().points().size()
        + asset.presentation().renditions().stream().mapToInt(line -> line.held().size()).sum();
  }

  /**
   * An asset with all of its playlists; empty when there is none.
   *
   * @return completes on the caller's context; fails when the store does not answer, or with what
   *     it has not
   */
  public Future<Optional<Presentation>> read(BroadcastId id) {
    return readAll(id).map(found -> found.map(RecordedBroadcast::presentation));
  }

  /** The same with what else there is to know of it. */
  Future<Optional<RecordedBroadcast>> readAll(BroadcastId id) {
    RecordedBroadcast known = read.getIfPresent(id);
    if (known != null) {
      return Future.succeededFuture(Optional.of(known));
    }
    Context context = vertx.getOrCreateContext();
    Promise<Optional<RecordedBroadcast>> promise = Promise.promise();
    Promise<Optional<RecordedBroadcast>> mine = Promise.promise();
    Future<Optional<RecordedBroadcast>> others = reading.putIfAbsent(id, mine.future());
    if (others == null) {
      load(id)
          .onComplete(
              loaded -> {
                reading.remove(id);
                mine.handle(loaded);
              });
    }
    (others == null ? mine.future() : others)
        .onComplete(loaded -> context.runOnContext(v -> promise.handle(loaded)));
    return promise.future();
  }

  /** It is gone, and so is what was kept of it. */
  public void forget(BroadcastId id) {
    read.invalidate(id);
  }

  private Future<Optional<RecordedBroadcast>> load(BroadcastId id) {
    return index
        .record(id)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : chunks(found.get(), 0, new Chunks())
                        .compose(
                            chunks ->
                                // Of a day it is some hundred thousand lines.
                                vertx.executeBlocking(() -> chunks.whole(found.get()), false))
                        .map(
                            asset -> {
                              read.put(id, asset);
                              return Optional.of(asset);
                            }));
  }

  private Future<Chunks> chunks(AssetRecord asset, int from, Chunks read) {
    int end = Math.min(asset.chunks().size(), from + AT_ONCE);
    if (from == end) {
      return Future.succeededFuture(read);
    }
    List<Future<RecordedChunk>> some = new ArrayList<>();
    for (String name : asset.chunks().subList(from, end)) {
      some.add(chunk(ObjectNames.prefix(asset.broadcast()) + name));
    }
    return Future.all(some)
        .compose(
            v -> {
              some.forEach(chunk -> read.add(chunk.result()));
              return chunks(asset, end, read);
            });
  }

  /** What has been read of one asset. */
  private static final class Chunks {
    private final Map<String, List<Segment>> segments = new LinkedHashMap<>();
    private final List<RecordedCues> cues = new ArrayList<>();

    /** Of what two writers have put, each number is taken once. */
    private void add(RecordedChunk chunk) {
      cues.add(chunk.cues());
      chunk
          .segments()
          .forEach(
              (name, more) -> {
                List<Segment> line = segments.computeIfAbsent(name, first -> new ArrayList<>());
                for (Segment segment : more) {
                  if (line.isEmpty() || segment.msn() > line.getLast().msn()) {
                    line.add(segment);
                  }
                }
              });
    }

    private RecordedBroadcast whole(AssetRecord asset) {
      RecordedCues all = RecordedCues.joined(cues);
      return new RecordedBroadcast(RecordedPlaylists.of(asset, segments, all), all);
    }
  }

  private Future<RecordedChunk> chunk(String key) {
    return store
        .get(key)
        .map(found -> found.orElseThrow(() -> new IllegalStateException("the store lacks " + key)))
        .compose(found -> vertx.executeBlocking(() -> RecordedChunk.parse(found.content()), false));
  }
}
