package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * One version of a media playlist.
 *
 * @param targetDuration seconds
 * @param mediaSequence the number of the first segment; empty when the tag is not written (then 0)
 * @param discontinuitySequence empty when the tag is not written (then 0)
 * @param type EXT-X-PLAYLIST-TYPE
 * @param iFramesOnly EXT-X-I-FRAMES-ONLY
 * @param partTarget EXT-X-PART-INF
 * @param skip of a delta update: the segments that it leaves out come before those of {@code
 *     segments}
 * @param open the segment that is not complete yet
 * @param otherTags whole lines of tags that have no field here
 */
public record MediaPlaylist(
    int version,
    long targetDuration,
    Optional<Long> mediaSequence,
    Optional<Long> discontinuitySequence,
    Optional<String> type,
    boolean independentSegments,
    boolean iFramesOnly,
    boolean ended,
    Optional<BigDecimal> partTarget,
    Optional<AttributeList> serverControl,
    Optional<Skip> skip,
    List<Segment> segments,
    OpenSegment open,
    List<AttributeList> preloadHints,
    List<RenditionReport> reports,
    List<DateRange> dateRanges,
    List<String> otherTags)
    implements Playlist {
  public MediaPlaylist {
    segments = List.copyOf(segments);
    preloadHints = List.copyOf(preloadHints);
    reports = List.copyOf(reports);
    dateRanges = List.copyOf(dateRanges);
    otherTags = List.copyOf(otherTags);
  }

  /** The media sequence number of the first segment, also of one that a delta update skips. */
  public long firstSequence() {
    return mediaSequence.orElse(0L);
  }

  /** The media sequence number after the last segment. */
  public long nextSequence() {
    return firstSequence() + skip.map(Skip::segments).orElse(0L) + segments.size();
  }

  /** The sum of all EXTINF, in seconds. */
  public BigDecimal seconds() {
    return segments.stream().map(Segment::seconds).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** The parts of the segment that is not complete yet. */
  public List<Part> nextParts() {
    return open.parts();
  }

  /** Whether it lists parts. */
  public boolean hasParts() {
    return !open.parts().isEmpty()
        || segments.stream().anyMatch(segment -> !segment.parts().isEmpty());
  }

  /** Whether the server holds requests for what comes next (CAN-BLOCK-RELOAD). */
  public boolean blocksReload() {
    return serverControl.map(control -> control.yes("CAN-BLOCK-RELOAD")).orElse(false);
  }

  /** A number of EXT-X-SERVER-CONTROL. */
  public Optional<BigDecimal> control(String name) {
    return serverControl.flatMap(control -> control.decimal(name));
  }

  /** The first hint of a type, as {@code PART}. */
  public Optional<AttributeList> hint(String type) {
    return preloadHints.stream()
        .filter(hint -> hint.text("TYPE").equals(Optional.of(type)))
        .findFirst();
  }

  /** Where the list ends; a whole segment stands behind all of its parts. */
  public EdgePosition edge() {
    return open.parts().isEmpty()
        ? EdgePosition.whole(nextSequence() - 1)
        : new EdgePosition(nextSequence(), open.parts().size() - 1);
  }

  /** The last part that is listed, of the open segment or of one that is whole. */
  public Optional<EdgePosition> lastPart() {
    if (!open.parts().isEmpty()) {
      return Optional.of(edge());
    }
    return segments.reversed().stream()
        .filter(segment -> !segment.parts().isEmpty())
        .findFirst()
        .map(segment -> new EdgePosition(segment.sequence(), segment.parts().size() - 1));
  }

  /**
   * Whether what a blocking reload waits for is listed (6.2.5.2): a part, or a later one. An index
   * that a whole segment does not have is that of the next segment's first part.
   */
  public boolean has(long sequence, int part) {
    if (sequence < nextSequence()) {
      Optional<Segment> segment =
          segments.stream().filter(each -> each.sequence() == sequence).findFirst();
      int known = segment.map(each -> each.parts().size()).orElse(0);
      return known == 0 || part < known || has(sequence + 1, 0);
    }
    return sequence == nextSequence() && part < open.parts().size();
  }
}
