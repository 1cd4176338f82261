package io.millrace.packager.live;

import io.millrace.media.Broadcast;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.BroadcastState;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.packager.state.RecordedTail;
import io.millrace.storage.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Records one broadcast: its segments stay in the store when they have left the playlists, and this
 * keeps the list of them. The end of that list is part of each state; as soon as there is enough of
 * it that will not change any more, it is put into a chunk of its own, so that states stay small.
 *
 * <pre>
 *   listed ──leaves the playlist──► tail (state.json) ──settled, 64 numbers──► chunk
 *                └── no room: a gap
 * </pre>
 *
 * Confined to the broadcast's home context.
 */
final class BroadcastRecording {
  /** So many numbers make a chunk. */
  static final int CHUNK = 64;

  /** So many of the newest are in no chunk, so that the store has had its time to take them. */
  static final int NEWEST = 64;

  /** And so many at most, where the store has not taken any for a while. */
  static final int LARGEST_CHUNK = 1024;

  /**
   * So many cue points are recorded, the first ones of the broadcast: all are read to be played.
   */
  static final int MOST_CUES = 10_000;

  private final Broadcast broadcast;
  private final ObjectStore store;
  private final RecordingShelf shelf;
  private final PackagerMetrics metrics;
  private final int epoch;
  private final boolean on;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private List<String> chunks;
  private RecordedCues cues;
  private long from;
  private long bytes;
  private Duration duration;
  private long kept;
  private boolean storing;
  private boolean closed;

  /** Whether its bytes are counted elsewhere now, or by nobody. */
  private boolean left;

  /** One rendition. */
  private static final class Line {
    private final Map<String, RenditionInfo> formats = new LinkedHashMap<>();
    private long listedFrom;
    private List<Segment> segments = new ArrayList<>();
    private GrowingText items = new GrowingText();

    /** Numbers of those that are held and for which there was no room. */
    private final Set<Long> refused = new HashSet<>();

    private long first() {
      return segments.isEmpty() ? Long.MAX_VALUE : segments.getFirst().msn();
    }

    private void add(Segment segment) {
      segments.add(segment);
      items.append(BroadcastState.item(segment));
    }

    private void change(long msn, UnaryOperator<Segment> change) {
      long index = msn - first();
      if (index >= 0 && index < segments.size()) {
        Segment before = segments.get((int) index);
        segments.set((int) index, change.apply(before));
        if (segments.get((int) index).gap() != before.gap()) {
          write();
        }
      }
    }

    private void write() {
      items = new GrowingText();
      segments.forEach(segment -> items.append(BroadcastState.item(segment)));
    }

    private void dropBefore(long msn) {
      List<Segment> left = new ArrayList<>();
      for (Segment segment : segments) {
        if (segment.msn() >= msn) {
          left.add(segment);
        }
      }
      segments = left;
      write();
    }
  }

  BroadcastRecording(Broadcast broadcast, WriterSetup setup, int epoch, Recorded begun) {
    this.broadcast = broadcast;
    this.store = setup.store();
    this.shelf = setup.shelf();
    this.metrics = setup.metrics();
    this.epoch = epoch;
    this.on = begun.tail().isPresent();
    this.chunks = begun.chunks();
    RecordedTail tail = begun.tail().orElseGet(RecordedTail::empty);
    cues = tail.cues();
    from = tail.from();
    bytes = tail.bytes();
    duration = tail.duration();
    tail.lines()
        .forEach(
            (name, stored) -> {
              Line line = line(name);
              line.formats.putAll(stored.formats());
              stored.segments().forEach(line::add);
              kept += stored.segments().stream().mapToLong(Segment::size).sum();
            });
    kept += bytes;
    report();
  }

  /** Whether the broadcast is recorded. */
  boolean isOn() {
    return on;
  }

  /** A segment has left its playlist. */
  void departed(RenditionLog log, Segment segment) {
    if (!on || segment.msn() < from) {
      return;
    }
    Line line = line(log.name());
    boolean refused = !segment.gap() && !shelf.hasRoom();
    if (refused) {
      line.refused.add(segment.msn());
      shelf.refused();
    }
    Segment recorded = refused ? segment.asGap() : segment.withoutContent();
    line.add(recorded);
    kept += recorded.size();
    report();
  }

  /** The playlists say no more of a cue point. */
  void departed(RecordedCues cue) {
    if (on && cue.points().stream().allMatch(point -> point.number() <= MOST_CUES)) {
      cues = RecordedCues.joined(List.of(cues, cue));
    }
  }

  /**
   * Nobody can ask for a segment any more who plays what was live.
   *
   * @return whether it is recorded, so that its object stays
   */
  boolean keeps(RenditionLog log, Segment segment) {
    if (!on) {
      return false;
    }
    Line line = line(log.name());
    if (line.refused.remove(segment.msn())) {
      return false;
    }
    line.change(segment.msn(), segment.stored() ? Segment::asStored : Segment::asGap);
    if (!segment.stored()) {
      kept -= segment.size();
      report();
    }
    return segment.stored();
  }

  /**
   * Puts what is settled into a chunk, if that is enough for one.
   *
   * @param shown what the playlists list
   */
  void advance(RenditionLogs logs, List<Rendition> shown) {
    if (!on) {
      return;
    }
    for (Rendition rendition : shown) {
      line(rendition.name()).formats.putAll(rendition.formats());
      line(rendition.name()).listedFrom = rendition.mediaSequence();
    }
    long end = settled(logs, shown);
    if (storing || closed || end - from < CHUNK) {
      return;
    }
    storing = true;
    RecordedChunk chunk = RecordedChunk.of(segments(shown), from, end).with(cues);
    String name = ObjectNames.chunk(from, epoch);
    store
        .put(ObjectNames.prefix(broadcast) + name, chunk.toBuffer())
        .onComplete(
            done -> {
              storing = false;
              if (done.succeeded()) {
                stored(logs, name, chunk, end);
              } else {
                metrics.storeFailure("chunk");
              }
            });
  }

  private void stored(RenditionLogs logs, String name, RecordedChunk chunk, long end) {
    List<String> names = new ArrayList<>(chunks);
    names.add(name);
    chunks = List.copyOf(names);
    bytes += chunk.bytes();
    duration = duration.plusNanos(chunk.nanos());
    from = end;
    cues = cues.without(chunk.cues());
    kept = bytes;
    lines.forEach(
        (rendition, line) -> {
          line.dropBefore(end);
          kept += line.segments.stream().mapToLong(Segment::size).sum();
          // There was room when they were put into the chunk.
          for (Segment segment : chunk.segments().getOrDefault(rendition, List.of())) {
            if (!segment.gap()) {
              line.refused.remove(segment.msn());
            }
          }
        });
    logs.toldBefore(end);
    report();
  }

  /** What is before this number is in chunks. */
  long from() {
    return from;
  }

  /**
   * Behind the last number of which nothing changes any more: all renditions have left it behind,
   * or have many newer ones, and the store has taken what there is.
   */
  private long settled(RenditionLogs logs, List<Rendition> shown) {
    long departed = Long.MAX_VALUE;
    long old = Long.MAX_VALUE;
    for (Rendition rendition : shown) {
      if (!rendition.isEmpty()) {
        departed = Math.min(departed, rendition.mediaSequence());
        old = Math.min(old, rendition.nextMsn() - NEWEST);
      }
    }
    if (departed == Long.MAX_VALUE) {
      return from;
    }
    long end = Math.min(shelf.hasRoom() ? Math.max(departed, old) : departed, from + LARGEST_CHUNK);
    if (end - from < CHUNK) {
      return from;
    }
    for (Map.Entry<String, List<Segment>> line : segments(shown).entrySet()) {
      for (Segment segment : line.getValue()) {
        if (segment.msn() >= end) {
          break;
        }
        if (!segment.gap() && !segment.stored() && !isStored(logs, line.getKey(), segment.msn())) {
          end = segment.msn();
          break;
        }
      }
    }
    return end;
  }

  private static boolean isStored(RenditionLogs logs, String rendition, long msn) {
    return logs.named(rendition).flatMap(log -> log.held(msn)).map(Segment::stored).orElse(false);
  }

  /** What is in no chunk, and of what is listed as much as one can hold. */
  private Map<String, List<Segment>> segments(List<Rendition> shown) {
    Map<String, List<Segment>> segments = new LinkedHashMap<>();
    lines.forEach((name, line) -> segments.put(name, new ArrayList<>(line.segments)));
    for (Rendition rendition : shown) {
      List<Segment> line = segments.computeIfAbsent(rendition.name(), name -> new ArrayList<>());
      List<Segment> listed = rendition.segments();
      int first = Math.clamp(from - rendition.mediaSequence(), 0, listed.size());
      int last = Math.min(listed.size(), first + LARGEST_CHUNK);
      line.addAll(listed.subList(first, last));
    }
    return segments;
  }

  /** What the broadcast's state says of it; empty when it is not recorded. */
  Optional<RecordedTail> tail() {
    if (!on) {
      return Optional.empty();
    }
    Map<String, RecordedTail.Line> tail = new LinkedHashMap<>();
    lines.forEach(
        (name, line) ->
            tail.put(
                name,
                new RecordedTail.Line(
                    line.formats, line.listedFrom, line.segments, line.items.span())));
    return Optional.of(new RecordedTail(from, bytes, duration, cues, tail));
  }

  /** All of it so far; what is listed is not in it, or in chunks only. */
  Recorded soFar() {
    return new Recorded(tail(), chunks);
  }

  /** Whether a chunk is on its way to the store. */
  boolean isStoring() {
    return storing;
  }

  /**
   * All of it, for the asset, when the broadcast has ended; no more is put into chunks. What the
   * store has not confirmed by now is lost.
   */
  Recorded recorded(RenditionLogs logs) {
    closed = true;
    lines.forEach(
        (name, line) -> {
          for (Segment segment : List.copyOf(line.segments)) {
            if (!segment.gap() && !segment.stored() && !isStored(logs, name, segment.msn())) {
              line.change(segment.msn(), Segment::asGap);
            }
          }
        });
    return new Recorded(tail(), chunks);
  }

  private Line line(String name) {
    return lines.computeIfAbsent(name, unknown -> new Line());
  }

  /** It is no longer in the making here: what comes of it now takes no room of those that are. */
  void leave() {
    left = true;
    shelf.gone(broadcast.id());
  }

  private void report() {
    if (on && !left) {
      shelf.recorded(broadcast.id(), kept);
    }
  }
}
