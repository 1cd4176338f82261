package io.millrace.packager.origin;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.media.BroadcastId;
import io.millrace.packager.cue.DateRanges;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.hls.LowLatency;
import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.live.ObjectNames;
import io.millrace.packager.live.PresentationSlot;
import io.millrace.packager.live.Recorded;
import io.millrace.packager.presentation.CueLines;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.state.RecordedChunk;
import io.millrace.packager.state.RecordedTail;
import io.millrace.storage.ObjectStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * What a recorded broadcast has had before its window, for who starts there: read from the
 * recording's chunks, which never change, so that what has been read lately is kept; and from its
 * tail. What takes long is done on worker threads. Thread-safe.
 */
final class EarlierSegments {
  /** So far behind the end is to be started from, or as far as the window, if that is longer. */
  static final Duration REACH = Duration.ofHours(24);

  /** Some 80 MB with two renditions; a day of segments of 2 s has 675. */
  private static final int MOST_CHUNKS = 1000;

  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final int AT_ONCE = 16;

  private record Key(BroadcastId broadcast, String chunk) {}

  private final ObjectStore store;
  private final Once<Key, RecordedChunk> chunks =
      new Once<>(
          Caffeine.newBuilder()
              .maximumSize(MOST_CHUNKS)
              .expireAfterAccess(KEPT)
              .executor(Runnable::run)
              .build(),
          _ -> true);

  EarlierSegments(ObjectStore store) {
    this.store = store;
  }

  /** Does what may take long, where an event loop would. */
  static <T> Future<T> aside(Callable<T> work) {
    Context caller = Vertx.currentContext();
    if (caller != null) {
      return caller.executeBlocking(work, false).map(Objects::requireNonNull);
    }
    return Future.future(
        promise -> {
          try {
            promise.complete(work.call());
          } catch (Exception e) {
            promise.fail(e);
          }
        });
  }

  /**
   * A broadcast that also lists what it has had from a moment on; itself where that is in its
   * window, or where it is not recorded.
   *
   * @param name of the rendition whose playlist is to be written; of the others only what chooses
   *     the first segment is longer
   * @param whole whether all of its lines are needed, as for an update they are not
   * @return fails when the store does not answer, or lacks what it had
   */
  Future<Presentation> listed(
      PresentationSlot slot, Presentation shown, String name, Instant start, boolean whole) {
    Recorded recorded = slot.recorded();
    Optional<Rendition> main = shown.offered().stream().findFirst();
    if (recorded.tail().isEmpty() || main.isEmpty()) {
      return Future.succeededFuture(shown);
    }
    Segment first = main.get().segments().getFirst();
    Instant end = main.get().segments().getLast().end();
    Instant wanted = reached(start, end, slot.window());
    if (!wanted.isBefore(first.programDateTime())) {
      return Future.succeededFuture(shown);
    }
    // Where there is next to nothing to be skipped, an update is the whole.
    Duration boundary = LowLatency.skipBoundary(shown.targetSeconds());
    boolean written = whole || wanted.isAfter(end.minus(boundary.multipliedBy(2)));
    String lead = main.get().name();
    return from(slot, recorded.chunks(), lead, wanted, 0, recorded.chunks().size() - 1)
        .compose(chunk -> read(slot, recorded.chunks(), chunk, new ArrayList<>()))
        .compose(
            read ->
                aside(
                    () ->
                        new Extension(shown, recorded.tail().get(), read, wanted)
                            .of(new HashSet<>(List.of(lead, name)), written ? name : "")));
  }

  /**
   * A moment, or the earliest one that can be started from.
   *
   * @param end of what is listed
   */
  static Instant reached(Instant start, Instant end, Duration window) {
    Instant earliest = end.minus(window.compareTo(REACH) > 0 ? window : REACH);
    return start.isBefore(earliest) ? earliest : start;
  }

  /** The last chunk that begins before a moment, or the first one; by halves. */
  private Future<Integer> from(
      PresentationSlot slot, List<String> names, String lead, Instant wanted, int low, int high) {
    if (low >= high) {
      return Future.succeededFuture(Math.max(0, low));
    }
    int middle = (low + high + 1) >>> 1;
    return chunk(slot, names.get(middle))
        .compose(
            chunk -> {
              boolean before =
                  chunk.segments().getOrDefault(lead, List.of()).stream()
                      .findFirst()
                      .map(segment -> !segment.programDateTime().isAfter(wanted))
                      .orElse(false);
              return before
                  ? from(slot, names, lead, wanted, middle, high)
                  : from(slot, names, lead, wanted, low, middle - 1);
            });
  }

  private Future<List<RecordedChunk>> read(
      PresentationSlot slot, List<String> names, int next, List<RecordedChunk> read) {
    if (next >= names.size()) {
      return Future.succeededFuture(read);
    }
    List<Future<RecordedChunk>> some =
        names.subList(next, Math.min(names.size(), next + AT_ONCE)).stream()
            .map(name -> chunk(slot, name))
            .toList();
    return Future.all(some)
        .compose(
            _ -> {
              some.forEach(chunk -> read.add(chunk.result()));
              return read(slot, names, next + some.size(), read);
            });
  }

  private Future<RecordedChunk> chunk(PresentationSlot slot, String name) {
    String key = ObjectNames.prefix(slot.broadcast()) + name;
    return chunks.get(
        new Key(slot.broadcast().id(), name),
        () ->
            store
                .get(key)
                .map(
                    found ->
                        found.orElseThrow(
                            () -> new IllegalStateException("the store lacks " + key)))
                .compose(found -> aside(() -> RecordedChunk.parse(found.content()))));
  }

  /**
   * Puts what has been read before what is shown.
   *
   * @param wanted what ends before it is left out
   */
  private record Extension(
      Presentation shown, RecordedTail tail, List<RecordedChunk> chunks, Instant wanted) {
    /**
     * @param names of the renditions that are to be longer
     * @param written name of the one whose lines are needed; may be empty
     */
    private Presentation of(Set<String> names, String written) {
      List<Rendition> renditions = new ArrayList<>();
      for (Rendition rendition : shown.renditions()) {
        List<Segment> before =
            names.contains(rendition.name()) && !rendition.isEmpty()
                ? before(rendition)
                : List.of();
        renditions.add(
            before.isEmpty()
                ? rendition
                : rendition.behind(
                    before,
                    rendition.name().equals(written)
                        ? lines(before, rendition)
                        : GrowingText.Span.EMPTY));
      }
      return shown.withRenditions(renditions).withCues(cues());
    }

    /** Up to the first one that is listed, without holes. */
    private List<Segment> before(Rendition rendition) {
      List<Segment> before = new ArrayList<>();
      Stream.concat(
              chunks.stream()
                  .flatMap(
                      chunk -> chunk.segments().getOrDefault(rendition.name(), List.of()).stream()),
              Optional.ofNullable(tail.lines().get(rendition.name())).stream()
                  .flatMap(line -> line.segments().stream()))
          .filter(segment -> segment.msn() < rendition.mediaSequence())
          .forEach(
              segment -> {
                if (!before.isEmpty() && segment.msn() > before.getLast().msn() + 1) {
                  before.clear();
                }
                if (before.isEmpty() || segment.msn() > before.getLast().msn()) {
                  before.add(segment);
                }
              });
      boolean joins = !before.isEmpty() && before.getLast().msn() + 1 == rendition.mediaSequence();
      return joins ? before : List.of();
    }

    private static GrowingText.Span lines(List<Segment> before, Rendition rendition) {
      ByteArrayOutputStream lines =
          new ByteArrayOutputStream(before.size() * 128 + rendition.lines().length());
      Segment last = null;
      for (Segment segment : before) {
        boolean names =
            segment.hasInit()
                && (last == null || segment.discontinuity() || !segment.init().equals(last.init()));
        lines.writeBytes(MediaPlaylistWriter.lines(segment, names));
        last = segment;
      }
      lines.writeBytes(rendition.lines().bytes());
      return GrowingText.Span.of(lines.toByteArray());
    }

    /** What has been said since the first of these segments; nothing of that has been removed. */
    private CueLines cues() {
      List<RecordedCues> all = new ArrayList<>();
      chunks.forEach(chunk -> all.add(chunk.cues()));
      all.add(tail.cues());
      Set<String> listed = new HashSet<>();
      List<CueLines.Tag> tags = new ArrayList<>(shown.cues().tags());
      tags.forEach(tag -> listed.add(tag.text()));
      for (DateRanges.Tag tag : RecordedCues.joined(all).tags()) {
        if (listed.add(tag.text())) {
          tags.add(new CueLines.Tag(tag.text(), tag.place().msn(), tag.place().parts(), false));
        }
      }
      tags.sort(Comparator.comparingLong(CueLines.Tag::msn).thenComparingInt(CueLines.Tag::parts));
      return shown.cues().withTags(tags);
    }
  }
}
