package io.millrace.packager.live;

import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.BroadcastState;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.packager.state.RecordedTail;
import io.millrace.storage.ObjectStore;
import io.millrace.storage.StoredObject;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the store has of a broadcast's recording when a start finds it. */
final class RecoveredRecording {
  private RecoveredRecording() {}

  /**
   * @param prefix of the broadcast's keys
   * @param sizes of all of its objects, by key
   */
  static Recorded of(String prefix, BroadcastState state, Map<String, Long> sizes) {
    if (state.recording().isEmpty()) {
      return Recorded.nothing();
    }
    RecordedTail tail = state.recording().get();
    Map<String, RecordedTail.Line> lines = new LinkedHashMap<>();
    tail.lines().forEach((name, line) -> lines.put(name, whole(prefix + name + "/", line, sizes)));
    return new Recorded(
        Optional.of(
            new RecordedTail(tail.from(), tail.bytes(), tail.duration(), tail.cues(), lines)),
        chunks(prefix, tail.from(), sizes.keySet()));
  }

  /** Names of the chunks in which there is what comes before a number, in order. */
  static List<String> chunks(String prefix, long end, Collection<String> keys) {
    TreeMap<Long, String> chunks = new TreeMap<>();
    for (String name : chunks(prefix, keys)) {
      long start = ObjectNames.chunkStart(name).orElseThrow();
      if (start < end) {
        // Of two writers' the later one goes on from what was stored.
        chunks.merge(start, name, (one, other) -> epoch(one) > epoch(other) ? one : other);
      }
    }
    return List.copyOf(chunks.values());
  }

  /**
   * The renditions with all that their playlists listed, what is in chunks among it.
   *
   * @return fails where a chunk is missing
   */
  static Future<List<Rendition>> listed(
      ObjectStore store, String prefix, BroadcastState state, Map<String, Long> sizes) {
    List<Rendition> renditions = state.presentation().renditions();
    Recorded recorded = of(prefix, state, sizes);
    long first =
        recorded.tail().stream()
            .flatMap(tail -> tail.lines().values().stream())
            .mapToLong(RecordedTail.Line::listedFrom)
            .min()
            .orElse(Long.MAX_VALUE);
    List<String> names = holding(recorded, first);
    Map<String, List<Segment>> found = new HashMap<>();
    Future<Void> read = Future.succeededFuture();
    for (String name : names) {
      read = read.compose(v -> store.get(prefix + name)).map(chunk -> add(name, chunk, found));
    }
    return read.map(
        v -> renditions.stream().map(rendition -> whole(rendition, recorded, found)).toList());
  }

  /**
   * Keys of what had left the playlists a while ago at most and is a gap in the recording, though
   * the store has it: there was no room to keep it, and whoever was to remove it is gone.
   *
   * @return fails where a chunk is missing
   */
  static Future<List<String>> notKept(
      ObjectStore store, String prefix, BroadcastState state, Map<String, Long> sizes) {
    Recorded recorded = of(prefix, state, sizes);
    if (recorded.tail().isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    Map<String, RecordedTail.Line> lines = recorded.tail().get().lines();
    Map<String, List<Segment>> found = new HashMap<>();
    lines.forEach((name, line) -> found.put(name, new ArrayList<>(line.segments())));
    long first = Long.MAX_VALUE;
    for (Rendition rendition : state.presentation().renditions()) {
      RecordedTail.Line line = lines.get(rendition.name());
      if (line != null) {
        // As many as it listed: so long others may have asked for what had left before.
        long listed = rendition.nextMsn() - line.listedFrom() + 1;
        first = Math.min(first, line.listedFrom() - listed);
      }
    }
    Future<Void> read = Future.succeededFuture();
    for (String name : holding(recorded, first)) {
      read = read.compose(v -> store.get(prefix + name)).map(chunk -> add(name, chunk, found));
    }
    return read.map(v -> gaps(prefix, lines, found, sizes));
  }

  private static List<String> gaps(
      String prefix,
      Map<String, RecordedTail.Line> lines,
      Map<String, List<Segment>> found,
      Map<String, Long> sizes) {
    List<String> gaps = new ArrayList<>();
    lines.forEach(
        (name, line) -> {
          for (Segment segment : found.getOrDefault(name, List.of())) {
            String key = prefix + name + "/" + segment.name();
            if (segment.gap() && segment.msn() < line.listedFrom() && sizes.containsKey(key)) {
              gaps.add(key);
            }
          }
        });
    return gaps;
  }

  /** The chunks that have a number or later ones. */
  private static List<String> holding(Recorded recorded, long msn) {
    long from = recorded.tail().map(RecordedTail::from).orElse(0L);
    List<String> holding = new ArrayList<>();
    long end = from;
    for (String name : recorded.chunks().reversed()) {
      if (end <= msn) {
        break;
      }
      holding.addFirst(name);
      end = ObjectNames.chunkStart(name).orElseThrow();
    }
    return holding;
  }

  private static @Nullable Void add(
      String name, Optional<StoredObject> stored, Map<String, List<Segment>> found) {
    RecordedChunk chunk =
        RecordedChunk.parse(
            stored
                .orElseThrow(() -> new IllegalStateException("the store lacks " + name))
                .content());
    chunk
        .segments()
        .forEach(
            (rendition, more) ->
                found.computeIfAbsent(rendition, line -> new ArrayList<>()).addAll(more));
    return null;
  }

  private static Rendition whole(
      Rendition told, Recorded recorded, Map<String, List<Segment>> found) {
    Optional<RecordedTail.Line> line = recorded.tail().map(tail -> tail.lines().get(told.name()));
    long from = recorded.tail().map(RecordedTail::from).orElse(0L);
    List<Segment> segments = new ArrayList<>();
    long next = line.map(RecordedTail.Line::listedFrom).orElse(Long.MAX_VALUE);
    for (Segment segment : found.getOrDefault(told.name(), List.of())) {
      if (segment.msn() >= next && segment.msn() < from) {
        segments.add(segment);
        next = segment.msn() + 1;
      }
    }
    if (segments.isEmpty()) {
      return told;
    }
    segments.addAll(told.segments());
    return told.with(segments, Map.of());
  }

  /** Keys of chunks that no state tells of. */
  static List<String> leftOver(String prefix, BroadcastState state, Collection<String> keys) {
    long from = state.recording().map(RecordedTail::from).orElse(0L);
    List<String> leftOver = new ArrayList<>();
    for (String name : chunks(prefix, keys)) {
      if (ObjectNames.chunkStart(name).orElseThrow() >= from) {
        leftOver.add(prefix + name);
      }
    }
    return leftOver;
  }

  private static List<String> chunks(String prefix, Collection<String> keys) {
    List<String> names = new ArrayList<>();
    for (String key : keys) {
      String name = key.startsWith(prefix) ? key.substring(prefix.length()) : "";
      OptionalLong start = ObjectNames.chunkStart(name);
      if (start.isPresent()) {
        names.add(name);
      }
    }
    return names;
  }

  private static int epoch(String name) {
    return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1, name.lastIndexOf('.')));
  }

  /** What is not there as it was listed is a gap. */
  private static RecordedTail.Line whole(
      String folder, RecordedTail.Line line, Map<String, Long> sizes) {
    List<Segment> segments = new ArrayList<>();
    for (Segment segment : line.segments()) {
      boolean there =
          (!segment.hasInit() || sizes.containsKey(folder + segment.init()))
              && sizes.getOrDefault(folder + segment.name(), -1L) == segment.size();
      segments.add(segment.gap() || there ? segment : segment.asGap());
    }
    return new RecordedTail.Line(
        line.formats(), line.listedFrom(), segments, GrowingText.Span.EMPTY);
  }
}
