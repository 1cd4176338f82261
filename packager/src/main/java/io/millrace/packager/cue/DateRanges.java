package io.millrace.packager.cue;

import io.millrace.media.cue.CueRequest.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The EXT-X-DATERANGE tags of a broadcast, the same in all its playlists (HLS S1). A tag is written
 * once and keeps its place among the segments; all of an ID are removed together. Confined to the
 * broadcast's home context; the lists it gives are immutable.
 */
public final class DateRanges {
  private List<Tag> tags = List.of();
  private List<Removed> removed = List.of();

  /**
   * Where a playlist ended when a tag was appended to it.
   *
   * @param msn of the segment that came next, numbered alike in all renditions
   * @param parts how many parts of that segment were listed by then
   */
  public record Place(long msn, int parts) {}

  /**
   * A tag that is listed.
   *
   * @param closing whether it is the second one of its ID
   * @param text with its line's end
   * @param since when it was listed first
   */
  public record Tag(String id, boolean closing, String text, Place place, Instant since) {}

  /** A date range that is listed no more. */
  public record Removed(String id, Instant since) {}

  /** None yet. */
  public DateRanges() {}

  /** Goes on with what was listed before a restart. */
  public DateRanges(List<Tag> tags, List<Removed> removed) {
    this.tags = List.copyOf(tags);
    this.removed = List.copyOf(removed);
  }

  /** What is listed, in the order in which it was appended. */
  public List<Tag> tags() {
    return tags;
  }

  /** What was listed, and was removed lately. */
  public List<Removed> removed() {
    return removed;
  }

  /**
   * Lists what is to be listed now. Whether that differs from before.
   *
   * @param listed see {@link CuePoints#listed}
   * @param place where the playlists end
   * @param skipBoundary CAN-SKIP-UNTIL: for so long it is known what was removed
   */
  public boolean update(
      Collection<CuePoint> listed, Place place, Instant now, Duration skipBoundary) {
    Set<String> ids = new HashSet<>();
    listed.forEach(cue -> ids.add(cue.id()));
    List<Tag> next = new ArrayList<>();
    List<Removed> nextRemoved = new ArrayList<>();
    Instant boundary = now.minus(skipBoundary);
    removed.stream().filter(each -> !each.since.isBefore(boundary)).forEach(nextRemoved::add);
    Set<String> opened = new HashSet<>();
    Set<String> closed = new HashSet<>();
    for (Tag tag : tags) {
      if (ids.contains(tag.id)) {
        next.add(tag);
        (tag.closing ? closed : opened).add(tag.id);
      } else if (!tag.closing) {
        nextRemoved.add(new Removed(tag.id, now));
      }
    }
    for (CuePoint cue : listed) {
      if (opened.add(cue.id())) {
        next.add(new Tag(cue.id(), false, DateRangeTags.opening(cue), place, now));
      }
      if (cue.isOver() && cue.kind() != Kind.MARK && closed.add(cue.id())) {
        next.add(new Tag(cue.id(), true, DateRangeTags.closing(cue), place, now));
      }
    }
    boolean changed = !next.equals(tags);
    tags = List.copyOf(next);
    removed = List.copyOf(nextRemoved);
    return changed;
  }

  /**
   * What a recording has of a cue point that is to be listed no more.
   *
   * @param place where the playlists end: its end has not been told where it comes with that of the
   *     window
   */
  public RecordedCues departing(CuePoint cue, Place place, Instant now) {
    List<Tag> own = new ArrayList<>();
    boolean closed = cue.kind() == Kind.MARK;
    for (Tag tag : tags) {
      if (tag.id.equals(cue.id())) {
        own.add(tag);
        closed |= tag.closing;
      }
    }
    if (!own.isEmpty() && !closed) {
      own.add(new Tag(cue.id(), true, DateRangeTags.closing(cue), place, now));
    }
    return RecordedCues.of(cue, own);
  }

  /**
   * The tags that an update with {@code _HLS_skip=v2} has: none that was listed before (RFC 8216bis
   * 6.2.5.1).
   *
   * @param boundary the time of the request without CAN-SKIP-UNTIL
   */
  public List<Tag> tagsSince(Instant boundary) {
    return tags.stream().filter(tag -> !tag.since.isBefore(boundary)).toList();
  }

  /** The attribute of EXT-X-SKIP that names what was removed since; it may name nothing. */
  public String recentlyRemoved(Instant boundary) {
    return removed.stream()
        .filter(each -> !each.since.isBefore(boundary))
        .map(Removed::id)
        .distinct()
        .collect(Collectors.joining("\t", "RECENTLY-REMOVED-DATERANGES=\"", "\""));
  }
}
