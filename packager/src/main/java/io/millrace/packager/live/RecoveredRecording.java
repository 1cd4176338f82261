package io.millrace.packager.live;

import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.BroadcastState;
import io.millrace.packager.state.RecordedTail;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

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
    TreeMap<Long, String> chunks = new TreeMap<>();
    for (String name : chunks(prefix, sizes.keySet())) {
      long start = ObjectNames.chunkStart(name).orElseThrow();
      if (start < tail.from()) {
        // Of two writers' the later one goes on from what was stored.
        chunks.merge(start, name, (one, other) -> epoch(one) > epoch(other) ? one : other);
      }
    }
    Map<String, RecordedTail.Line> lines = new LinkedHashMap<>();
    tail.lines().forEach((name, line) -> lines.put(name, whole(prefix + name + "/", line, sizes)));
    return new Recorded(
        Optional.of(new RecordedTail(tail.from(), tail.bytes(), tail.duration(), lines)),
        List.copyOf(chunks.values()));
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
    return new RecordedTail.Line(line.formats(), segments, GrowingText.Span.EMPTY);
  }
}
