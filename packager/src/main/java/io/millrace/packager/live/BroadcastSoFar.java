package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.BroadcastState;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.packager.state.RecordedTail;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StoredObject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the store has of a broadcast of which there is no asset yet: all that has been recorded and
 * what its playlists list, as its newest state tells. Thread-safe.
 */
public final class BroadcastSoFar {

  private final Vertx vertx;
  private final ObjectStore store;
  private final String prefix;
  private final Broadcast broadcast;

  public BroadcastSoFar(Vertx vertx, ObjectStore store, Broadcast broadcast) {
    this.vertx = vertx;
    this.store = store;
    this.broadcast = broadcast;
    this.prefix = ObjectNames.prefix(broadcast);
  }

  /**
   * Reads it. The newest segments may not be in the store yet.
   *
   * @return without playlists; empty while nothing has been stored, or when it is gone
   */
  public Future<Optional<RecordedBroadcast>> read() {
    return store
        .get(ObjectNames.state(broadcast))
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : parsed(found.get()).compose(this::read).map(Optional::of));
  }

  private Future<BroadcastState> parsed(StoredObject found) {
    return Future.succeededFuture(found.content())
        .compose(text -> vertx.executeBlocking(() -> BroadcastState.parse(text), false));
  }

  private Future<RecordedBroadcast> read(BroadcastState state) {
    RecordedTail tail = state.recording().orElseGet(RecordedTail::empty);
    Map<String, List<Segment>> lines = new HashMap<>();
    List<RecordedCues> cues = new ArrayList<>();
    return chunkKeys()
        .compose(
            keys -> chunks(RecoveredRecording.chunks(prefix, tail.from(), keys), 0, lines, cues))
        .compose(
            v ->
                // Of a day it is some hundred thousand segments.
                vertx.executeBlocking(
                    () -> {
                      cues.add(tail.cues());
                      cues.add(RecordedCues.listed(state.cues()));
                      return new RecordedBroadcast(
                          whole(state.presentation(), tail, lines), RecordedCues.joined(cues));
                    },
                    false));
  }

  private Future<List<String>> chunkKeys() {
    List<String> keys = new ArrayList<>();
    return store
        .each(
            prefix + ObjectNames.CHUNKS,
            info -> {
              keys.add(info.key());
              return Future.succeededFuture();
            })
        .map(v -> keys);
  }

  private Future<Void> chunks(
      List<String> names, int next, Map<String, List<Segment>> lines, List<RecordedCues> cues) {
    if (next == names.size()) {
      return Future.succeededFuture();
    }
    Future<RecordedChunk> read =
        store
            .get(prefix + names.get(next))
            .compose(found -> vertx.executeBlocking(() -> parse(names.get(next), found), false));
    return read.compose(
        chunk -> {
          chunk.segments().forEach((name, more) -> append(lines, name, more));
          cues.add(chunk.cues());
          return chunks(names, next + 1, lines, cues);
        });
  }

  private static RecordedChunk parse(String name, Optional<StoredObject> found) {
    return RecordedChunk.parse(
        found.orElseThrow(() -> new IllegalStateException("the store lacks " + name)).content());
  }

  private static void append(Map<String, List<Segment>> lines, String name, List<Segment> more) {
    List<Segment> line = lines.computeIfAbsent(name, first -> new ArrayList<>());
    for (Segment segment : more) {
      if (line.isEmpty() || segment.msn() > line.getLast().msn()) {
        line.add(segment);
      }
    }
  }

  private static Presentation whole(
      Presentation listed, RecordedTail tail, Map<String, List<Segment>> lines) {
    List<Rendition> renditions = new ArrayList<>();
    for (Rendition rendition : listed.renditions()) {
      Map<String, RenditionInfo> formats = new LinkedHashMap<>();
      RecordedTail.Line line = tail.lines().get(rendition.name());
      if (line != null) {
        formats.putAll(line.formats());
        append(lines, rendition.name(), line.segments());
      }
      formats.putAll(rendition.formats());
      append(lines, rendition.name(), rendition.segments());
      renditions.add(
          rendition.recorded(formats, lines.getOrDefault(rendition.name(), List.of()), 0));
    }
    return Presentation.unwritten(
        listed.broadcast(), listed.targetSeconds(), Optional.empty(), renditions, listed.endedAt());
  }
}
