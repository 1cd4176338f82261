package io.millrace.packager.recording;

import io.millrace.media.Broadcast;
import io.millrace.packager.Asset;
import io.millrace.packager.AssetSource;
import io.millrace.packager.ClipRequest;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.state.AssetRecord;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Makes one clip in the store: its record, which says that it is in the making and by which a start
 * finds what a crash left; copies of all that it needs; its record again, unless somebody has taken
 * it down meanwhile. From then on there is an asset. Used once; blocks the virtual thread that it
 * is used on.
 */
final class ClipMaking {
  /** Numbers in one of its chunks. */
  private static final int CHUNK = 1024;

  /** Its objects are written once. */
  private static final int EPOCH = 1;

  private final Vertx vertx;
  private final ObjectStore store;
  private final AssetIndex index;
  private final AssetRoom room;
  private final Supplier<Optional<String>> lackOfRoom;
  private final Broadcast clip;
  private final ClipCut cut;
  private final RecordedCues cues;
  private final String prefix;

  /** There is no room for the rest. */
  static final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String words;

    NoRoomException(String words) {
      super(words, null, false, false);
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * @param lackOfRoom asked again and again while it is made; may block
   * @param cues what it says of cue points
   */
  ClipMaking(
      Vertx vertx,
      ObjectStore store,
      AssetIndex index,
      AssetRoom room,
      Supplier<Optional<String>> lackOfRoom,
      Broadcast clip,
      ClipCut cut,
      RecordedCues cues) {
    this.vertx = vertx;
    this.store = store;
    this.index = index;
    this.room = room;
    this.lackOfRoom = lackOfRoom;
    this.clip = clip;
    this.cut = cut;
    this.cues = cues;
    this.prefix = ObjectNames.prefix(clip);
  }

  /**
   * Makes it. Where that fails {@link AssetIndex#giveUp} is left to do.
   *
   * @param from whose segments it takes
   * @param patience how long to wait for segments that the store does not have yet
   * @param targetSeconds the target duration of its playlists
   */
  Asset run(
      Broadcast from, Duration patience, ClipRequest request, int targetSeconds, Instant now) {
    AssetRecord record = heavy(() -> record(request, targetSeconds, now));
    String tag = index.begin(record).await();
    new ObjectCopy(vertx, store, ObjectNames.prefix(from), prefix, patience)
        .run(heavy(cut::objects), this::mayGoOn);
    for (long first = 0; first < cut.nextMsn(); first += CHUNK) {
      long next = first;
      Buffer chunk = heavy(() -> chunk(next).toBuffer());
      store.put(prefix + ObjectNames.chunk(first, EPOCH), chunk).await();
    }
    // The record stands apart from them.
    room.awaitDelivery(prefix);
    index.made(record, tag).await();
    return record.asset();
  }

  private RecordedChunk chunk(long first) {
    return RecordedChunk.of(cut.segments(), first, first + CHUNK)
        .with(first == 0 ? cues : RecordedCues.NONE);
  }

  /** Of a day it is some hundred thousand segments. */
  private <T> T heavy(Callable<T> work) {
    return Objects.requireNonNull(vertx.executeBlocking(work, false).await());
  }

  /** What only this machine has waits where live segments do, so it must not become more. */
  private void mayGoOn() {
    room.awaitDelivery(prefix);
    lackOfRoom
        .get()
        .ifPresent(
            words -> {
              throw new NoRoomException(words);
            });
  }

  private AssetRecord record(ClipRequest request, int targetSeconds, Instant now) {
    Optional<RenditionInfo> picture = cut.picture();
    ClipRange range = cut.range();
    List<String> chunks = new ArrayList<>();
    for (long first = 0; first < cut.nextMsn(); first += CHUNK) {
      chunks.add(ObjectNames.chunk(first, EPOCH));
    }
    return new AssetRecord(
        new Asset(
            clip.id(),
            clip.tenant(),
            clip.stream(),
            clip.startedAt(),
            range.endsAt(),
            range.ends().minus(range.begins()),
            cut.bytes(),
            picture.map(RenditionInfo::width).orElse(0),
            picture.map(RenditionInfo::height).orElse(0),
            false,
            now,
            request.title(),
            new AssetSource.Clip(
                request.of(), range.from(), range.to(), range.begins(), range.ends())),
        AssetRecord.Stage.MAKING,
        targetSeconds,
        chunks,
        cut.renditions());
  }
}
