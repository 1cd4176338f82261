package io.millrace.packager.recording;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.millrace.media.BroadcastId;
import io.millrace.packager.live.ObjectNames;
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
  private final Cache<BroadcastId, Presentation> read =
      Caffeine.newBuilder()
          .maximumWeight(MOST_SEGMENTS)
          .weigher(AssetReader::segments)
          .expireAfterAccess(KEPT)
          .ticker(Ticker.systemTicker())
          .executor(Runnable::run)
          .build();
  private final Map<BroadcastId, Future<Optional<Presentation>>> reading =
      new ConcurrentHashMap<>();

  public AssetReader(Vertx vertx, ObjectStore store, AssetIndex index) {
    this.vertx = vertx;
    this.store = store;
    this.index = index;
  }

  private static int segments(BroadcastId id, Presentation asset) {
    return 1 + asset.renditions().stream().mapToInt(line -> line.held().size()).sum();
  }

  /**
   * An asset with all of its playlists; empty when there is none.
   *
   * @return completes on the caller's context; fails when the store does not answer, or with what
   *     it has not
   */
  public Future<Optional<Presentation>> read(BroadcastId id) {
    Presentation known = read.getIfPresent(id);
    if (known != null) {
      return Future.succeededFuture(Optional.of(known));
    }
    Context context = vertx.getOrCreateContext();
    Promise<Optional<Presentation>> promise = Promise.promise();
    Promise<Optional<Presentation>> mine = Promise.promise();
    Future<Optional<Presentation>> others = reading.putIfAbsent(id, mine.future());
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

  private Future<Optional<Presentation>> load(BroadcastId id) {
    return index
        .record(id)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : chunks(found.get(), 0, new LinkedHashMap<>())
                        .compose(
                            segments ->
                                // Of a day it is some hundred thousand lines.
                                vertx.executeBlocking(
                                    () -> RecordedPlaylists.of(found.get(), segments), false))
                        .map(
                            asset -> {
                              read.put(id, asset);
                              return Optional.of(asset);
                            }));
  }

  private Future<Map<String, List<Segment>>> chunks(
      AssetRecord asset, int from, Map<String, List<Segment>> segments) {
    int end = Math.min(asset.chunks().size(), from + AT_ONCE);
    if (from == end) {
      return Future.succeededFuture(segments);
    }
    List<Future<RecordedChunk>> some = new ArrayList<>();
    for (String name : asset.chunks().subList(from, end)) {
      some.add(chunk(ObjectNames.prefix(asset.broadcast()) + name));
    }
    return Future.all(some)
        .compose(
            v -> {
              some.forEach(chunk -> append(chunk.result(), segments));
              return chunks(asset, end, segments);
            });
  }

  /** Of what two writers have put, each number is taken once. */
  private static void append(RecordedChunk chunk, Map<String, List<Segment>> segments) {
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

  private Future<RecordedChunk> chunk(String key) {
    return store
        .get(key)
        .map(found -> found.orElseThrow(() -> new IllegalStateException("the store lacks " + key)))
        .compose(found -> vertx.executeBlocking(() -> RecordedChunk.parse(found.content()), false));
  }
}
