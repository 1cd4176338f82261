package io.millrace.packager.thumbnails;

import io.millrace.packager.ThumbnailConfig;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.RenditionInfo;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.stream.Stream;

/**
 * Which key frame each cell of a presentation's timeline has: the first that starts in it, else the
 * one that is still shown when it begins. A cell of a live stream is decided as soon as nothing
 * that comes can change that, so its picture stays the same. Immutable, pure.
 *
 * <p>Zero of a live stream's timeline is when its broadcast began, as in its DASH manifest: a time
 * on it is a date. Zero of a recording's is where its playlists begin, as players count.
 */
public final class ThumbnailPlan {
  /** A group of pictures may be longer than a segment: so far back its beginning is looked for. */
  private static final long LONGEST_GROUP_NANOS = Duration.ofSeconds(60).toNanos();

  /** Dates do not follow one another to the nanosecond. */
  private static final long ROUNDING_NANOS = Duration.ofMillis(100).toNanos();

  private final Presentation presentation;
  private final Rendition lead;
  private final List<Rendition> pictures;
  private final IntToLongFunction starts;
  private final ThumbnailGrid grid;
  private final boolean live;

  private ThumbnailPlan(
      Presentation presentation,
      Rendition lead,
      IntToLongFunction starts,
      ThumbnailGrid grid,
      boolean live) {
    this.presentation = presentation;
    this.lead = lead;
    this.pictures =
        presentation.renditions().stream()
            .filter(other -> other.info().isVideo())
            .filter(other -> other.info().isRung() || other.name().equals(lead.name()))
            .filter(other -> !other.isEmpty())
            .sorted(Comparator.comparingInt(ThumbnailPlan::pixels))
            .toList();
    this.starts = starts;
    this.grid = grid;
    this.live = live;
  }

  private static int pixels(Rendition rendition) {
    return rendition.info().width() * rendition.info().height();
  }

  /**
   * Of a stream that is or was on air.
   *
   * @param window what its playlists cover
   * @return empty where there are no pictures
   */
  public static Optional<ThumbnailPlan> live(
      Presentation presentation, ThumbnailConfig config, Duration window) {
    return lead(presentation)
        .map(
            lead ->
                new ThumbnailPlan(
                    presentation,
                    lead,
                    index -> sinceStart(presentation, lead.segments().get(index)),
                    ThumbnailGrid.of(config, window.toNanos(), lead.info()),
                    true));
  }

  private static long sinceStart(Presentation presentation, Segment segment) {
    return Duration.between(presentation.broadcast().startedAt(), segment.programDateTime())
        .toNanos();
  }

  /** Of a recording; empty where there are no pictures. */
  public static Optional<ThumbnailPlan> recorded(
      Presentation presentation, ThumbnailConfig config) {
    return lead(presentation)
        .map(
            lead -> {
              List<Segment> segments = lead.segments();
              long[] starts = new long[segments.size()];
              long end = 0;
              for (int i = 0; i < starts.length; i++) {
                starts[i] = end;
                end += segments.get(i).durationNanos();
              }
              return new ThumbnailPlan(
                  presentation,
                  lead,
                  index -> starts[index],
                  ThumbnailGrid.of(config, end, lead.info()),
                  false);
            });
  }

  private static Optional<Rendition> lead(Presentation presentation) {
    return presentation.offered().stream()
        .filter(rendition -> rendition.info().isVideo())
        .findFirst();
  }

  /** What its times are of, for caches: a stream's and its recording's are not the same. */
  public String timeline() {
    return presentation.broadcast().stream()
        + (live ? "/live/" : "/vod/")
        + presentation.broadcast().id();
  }

  Presentation presentation() {
    return presentation;
  }

  public ThumbnailGrid grid() {
    return grid;
  }

  /** Whether more may come. */
  public boolean grows() {
    return live && !presentation.ended();
  }

  /** Whether times are those of a live stream. */
  public boolean isLive() {
    return live;
  }

  /** Whether a layout is this one, or what it was while the picture had another shape. */
  public boolean accepts(ThumbnailGrid other) {
    return other.seconds() == grid.seconds()
        && other.tileWidth() == grid.tileWidth()
        && Stream.concat(Stream.of(lead.info()), lead.formats().values().stream())
            .anyMatch(format -> isShape(other, format));
  }

  private static boolean isShape(ThumbnailGrid other, RenditionInfo format) {
    return ThumbnailGrid.tileHeight(other.tileWidth(), format) == other.tileHeight();
  }

  /** The number of the first cell of which anything is listed. */
  public long first() {
    return Math.max(0, start(0) / grid.cellNanos());
  }

  /** The number behind the last cell that is decided. */
  public long end() {
    long cell = grid.cellNanos();
    long end = endNanos();
    if (!grows()) {
      return Math.ceilDiv(end, cell);
    }
    long current = end / cell;
    return starting(current).isPresent() ? current + 1 : current;
  }

  /** When a segment starts on the timeline; of one that is not listed (any more), its end. */
  long startOf(long msn) {
    long index = msn - lead.mediaSequence();
    boolean isListed = index >= 0 && index < lead.segments().size();
    return isListed ? start((int) index) : endNanos();
  }

  long endNanos() {
    return end(lead.segments().size() - 1);
  }

  private long end(int index) {
    return start(index) + lead.segments().get(index).durationNanos();
  }

  private long start(int index) {
    return Math.max(0, starts.applyAsLong(index));
  }

  /** The picture of a decided cell; empty where there is none. */
  Optional<Thumbnail> thumbnail(long cell) {
    long from = cell * grid.cellNanos();
    return starting(cell)
        .or(() -> shown(from))
        .map(
            keyFrames ->
                new Thumbnail(
                    from,
                    Math.min(from + grid.cellNanos(), Math.max(endNanos(), from)),
                    keyFrames));
  }

  /** The first key frame that starts in a cell. */
  private Optional<List<Thumbnail.KeyFrame>> starting(long cell) {
    long from = cell * grid.cellNanos();
    long to = from + grid.cellNanos();
    for (int i = indexAt(from); i < lead.segments().size() && start(i) < to; i++) {
      List<Thumbnail.KeyFrame> found = keyFrames(i);
      if (!found.isEmpty()) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** The key frame that is shown, with what follows it, at a moment. */
  private Optional<List<Thumbnail.KeyFrame>> shown(long at) {
    int last = indexAt(at + 1) - 1;
    boolean covered = last >= 0 && end(last) + ROUNDING_NANOS > at;
    for (int i = last; covered && i >= 0 && start(i) > at - LONGEST_GROUP_NANOS; i--) {
      List<Thumbnail.KeyFrame> found = keyFrames(i);
      if (!found.isEmpty()) {
        return Optional.of(found);
      }
      covered = !lead.segments().get(i).gap();
    }
    return Optional.empty();
  }

  /** Of the first listed segment that does not start before a moment. */
  private int indexAt(long nanos) {
    int low = 0;
    int high = lead.segments().size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (start(middle) < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private List<Thumbnail.KeyFrame> keyFrames(int index) {
    long msn = lead.segments().get(index).msn();
    List<Thumbnail.KeyFrame> found = new ArrayList<>(pictures.size());
    for (Rendition rendition : pictures) {
      Optional<Segment> segment = rendition.segment(msn);
      if (segment.isPresent() && hasKeyFrame(segment.get())) {
        found.add(new Thumbnail.KeyFrame(rendition, segment.get()));
      }
    }
    return found;
  }

  private static boolean hasKeyFrame(Segment segment) {
    return !segment.gap()
        && segment.keyFrameBytes() > 0
        && (segment.stored() || segment.content().isPresent());
  }
}
