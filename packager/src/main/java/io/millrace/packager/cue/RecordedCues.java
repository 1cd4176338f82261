package io.millrace.packager.cue;

import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.packager.metadata.InbandEvents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a recording has of a broadcast's cue points and timed metadata: all that its playlists have
 * listed. What is told in the media itself is not here, but what of it there is. Pure.
 *
 * @param points in the order of their numbers
 * @param tags EXT-X-DATERANGE of these, as the live playlists had them, in the order of their
 *     places
 * @param schemes of timed metadata in the files
 */
public record RecordedCues(
    List<CuePoint> points, List<DateRanges.Tag> tags, List<InbandEvents> schemes) {
  /** Of a recording without any. */
  public static final RecordedCues NONE = new RecordedCues(List.of(), List.of(), List.of());

  private static final Comparator<DateRanges.Tag> BY_PLACE =
      Comparator.<DateRanges.Tag>comparingLong(tag -> tag.place().msn())
          .thenComparingInt(tag -> tag.place().parts())
          .thenComparing(DateRanges.Tag::since);

  public RecordedCues {
    points = List.copyOf(points);
    tags = List.copyOf(tags);
    schemes = List.copyOf(schemes);
  }

  /** Whether there is nothing to say. */
  public boolean isEmpty() {
    return equals(NONE);
  }

  /** One that playlists list no more; nothing of one that they never listed. */
  static RecordedCues of(CuePoint cue, List<DateRanges.Tag> tags) {
    return tags.isEmpty() ? NONE : new RecordedCues(List.of(cue), tags, List.of());
  }

  /** What is listed now; what has not started never has been. */
  public static RecordedCues listed(StoredCues cues) {
    return new RecordedCues(
        cues.points().stream().filter(cue -> cue.state() != CueState.ANNOUNCED).toList(),
        cues.tags(),
        cues.schemes());
  }

  /** What there has been in one stretch of a broadcast and in another, each cue point once. */
  public static RecordedCues joined(List<RecordedCues> all) {
    TreeMap<Long, CuePoint> points = new TreeMap<>();
    Set<DateRanges.Tag> tags = new LinkedHashSet<>();
    Set<InbandEvents> schemes = new LinkedHashSet<>();
    for (RecordedCues some : all) {
      some.points.forEach(cue -> points.put(cue.number(), cue));
      tags.addAll(some.tags);
      schemes.addAll(some.schemes);
    }
    return new RecordedCues(
            List.copyOf(points.values()),
            tags.stream().sorted(BY_PLACE).toList(),
            List.copyOf(schemes))
        .tagged();
  }

  /** The same without cue points that are elsewhere. */
  public RecordedCues without(RecordedCues others) {
    return new RecordedCues(
            points.stream().filter(cue -> !others.points.contains(cue)).toList(), tags, schemes)
        .tagged();
  }

  /**
   * The same of a broadcast that has ended: what went on ends with it, as if that had been told.
   *
   * @param nextMsn behind the last segment
   */
  public RecordedCues ended(long nanos, Instant date, long nextMsn) {
    List<CuePoint> over = new ArrayList<>();
    List<DateRanges.Tag> told = new ArrayList<>(tags);
    for (CuePoint cue : points) {
      if (cue.isOver()) {
        over.add(cue);
        continue;
      }
      boolean isBefore = date.isBefore(cue.startDate());
      CuePoint ended =
          cue.ended(
              Math.max(nanos, cue.startNanos()),
              isBefore ? cue.startDate() : date,
              Optional.empty());
      over.add(ended);
      if (cue.kind() != Kind.MARK) {
        told.add(
            new DateRanges.Tag(
                cue.id(),
                true,
                DateRangeTags.closing(ended),
                new DateRanges.Place(nextMsn, 0),
                Instant.EPOCH));
      }
    }
    return new RecordedCues(over, told, schemes).tagged();
  }

  /**
   * What overlaps a part of the broadcast that becomes a recording of its own, whose numbers begin
   * with 0.
   *
   * @param fromNanos where the part begins
   * @param endNanos where it ends
   * @param firstMsn the number of its first segment
   */
  public RecordedCues between(long fromNanos, long endNanos, long firstMsn) {
    List<DateRanges.Tag> moved = new ArrayList<>();
    for (DateRanges.Tag tag : tags) {
      long msn = tag.place().msn() - firstMsn;
      DateRanges.Place place = new DateRanges.Place(Math.max(0, msn), 0);
      moved.add(new DateRanges.Tag(tag.id(), tag.closing(), tag.text(), place, tag.since()));
    }
    return new RecordedCues(
            points.stream().filter(cue -> overlaps(cue, fromNanos, endNanos)).toList(),
            moved,
            schemes)
        .tagged();
  }

  private static boolean overlaps(CuePoint cue, long fromNanos, long endNanos) {
    long end = cue.endNanos().orElse(Long.MAX_VALUE);
    boolean isMoment = end == cue.startNanos();
    return cue.startNanos() < endNanos && (isMoment ? end >= fromNanos : end > fromNanos);
  }

  /** Without tags of what is not among the points. */
  private RecordedCues tagged() {
    Set<String> ids = new HashSet<>();
    points.forEach(cue -> ids.add(cue.id()));
    return new RecordedCues(
        points, tags.stream().filter(tag -> ids.contains(tag.id())).toList(), schemes);
  }

  /**
   * As a manifest has them: what goes on when the recording begins begins with it, for an event
   * cannot be before its period.
   *
   * @param fromNanos where the recording begins
   */
  public List<CuePoint> from(long fromNanos) {
    return points.stream()
        .map(
            cue ->
                cue.startNanos() < fromNanos
                    ? cue.beginningAt(fromNanos, left(cue, fromNanos))
                    : cue)
        .toList();
  }

  private static OptionalLong left(CuePoint cue, long fromNanos) {
    return cue.plannedNanos().isPresent()
        ? OptionalLong.of(
            Math.max(0, cue.startNanos() + cue.plannedNanos().getAsLong() - fromNanos))
        : OptionalLong.empty();
  }
}
