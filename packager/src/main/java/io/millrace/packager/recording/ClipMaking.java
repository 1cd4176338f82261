package io.millrace.packager.recording;

import io.millrace.media.Broadcast;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.live.BroadcastSweep;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one clip in the store: an index entry, by which a start finds what a crash left and removes
 * it; copies of all that it needs; its record, from which on there is an asset. Where that fails
 * nothing stays. Used once, on one context.
 */
final class ClipMaking {
  /** Numbers in one of its chunks. */
  private static final int CHUNK = 1024;

  /** Its objects are written once. */
  private static final int EPOCH = 1;

  private final Vertx vertx;
  private final ObjectStore store;
  private final BroadcastSweep sweep;
  private final Broadcast clip;
  private final ClipCut cut;

  ClipMaking(Vertx vertx, ObjectStore store, PackagerMetrics metrics, Broadcast clip, ClipCut cut) {
    this.vertx = vertx;
    this.store = store;
    this.sweep = new BroadcastSweep(store, metrics);
    this.clip = clip;
    this.cut = cut;
  }

  /**
   * Makes it.
   *
   * @param from whose segments it takes
   * @param patience how long to wait for segments that the store does not have yet
   * @param targetSeconds the target duration of its playlists
   * @return what is stored of the asset
   */
  Future<AssetRecord> run(
      Broadcast from, Duration patience, ClipRequest request, int targetSeconds, Instant now) {
    String prefix = ObjectNames.prefix(clip);
    List<String> chunks = new ArrayList<>();
    return store
        .put(ObjectNames.index(clip), Buffer.buffer("{}"))
        .compose(
            v ->
                new ObjectCopy(
                        vertx, store, ObjectNames.prefix(from), prefix, patience, cut.objects())
                    .run())
        .compose(v -> chunks(0, prefix, chunks))
        // The record stands apart from them.
        .compose(v -> store.delivered(prefix))
        .compose(v -> put(record(request, targetSeconds, now, chunks)))
        .recover(
            failure ->
                giveUp(prefix).transform(whatever -> Future.<AssetRecord>failedFuture(failure)))
        .onSuccess(
            made ->
                // A start would do it.
                store.delete(ObjectNames.index(clip)).otherwiseEmpty());
  }

  private Future<Void> chunks(long from, String prefix, List<String> names) {
    if (from >= cut.nextMsn()) {
      return Future.succeededFuture();
    }
    String name = ObjectNames.chunk(from, EPOCH);
    names.add(name);
    Future<Buffer> written =
        Future.succeededFuture(cut.segments())
            .compose(
                segments ->
                    vertx.executeBlocking(
                        () -> RecordedChunk.of(segments, from, from + CHUNK).toBuffer(), false));
    return written
        .compose(text -> store.put(prefix + name, text))
        .compose(v -> chunks(from + CHUNK, prefix, names));
  }

  private Future<AssetRecord> put(AssetRecord asset) {
    return store
        .putIf(ObjectNames.asset(clip.id()), Optional.empty(), asset.toBuffer())
        .map(
            put ->
                put.map(stored -> asset)
                    .orElseThrow(
                        () -> new IllegalStateException("there is an asset " + clip.id())));
  }

  private AssetRecord record(
      ClipRequest request, int targetSeconds, Instant now, List<String> chunks) {
    Optional<RenditionInfo> picture = cut.picture();
    return new AssetRecord(
        new Asset(
            clip.id(),
            clip.tenant(),
            clip.stream(),
            clip.startedAt(),
            cut.endsAt(),
            cut.ends().minus(cut.begins()),
            cut.bytes(),
            picture.map(RenditionInfo::width).orElse(0),
            picture.map(RenditionInfo::height).orElse(0),
            false,
            now,
            request.title(),
            new AssetSource.Clip(request.of(), cut.from(), cut.to(), cut.begins(), cut.ends())),
        false,
        targetSeconds,
        chunks,
        cut.renditions());
  }

  /** The record first: where it cannot be said that it is gone, what it names has to stay. */
  private Future<Void> giveUp(String prefix) {
    return store
        .delete(ObjectNames.asset(clip.id()))
        .compose(v -> sweep.removeAll(prefix, ObjectNames.index(clip)));
  }
}
