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
 * @param nextParts the parts of the segment that is not complete yet
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
    List<Segment> segments,
    List<Part> nextParts,
    List<AttributeList> preloadHints,
    List<String> otherTags)
    implements Playlist {
  public MediaPlaylist {
    segments = List.copyOf(segments);
    nextParts = List.copyOf(nextParts);
    preloadHints = List.copyOf(preloadHints);
    otherTags = List.copyOf(otherTags);
  }

  /** The media sequence number of the first segment. */
  public long firstSequence() {
    return mediaSequence.orElse(0L);
  }

  /** The media sequence number after the last segment. */
  public long nextSequence() {
    return firstSequence() + segments.size();
  }

  /** The sum of all EXTINF, in seconds. */
  public BigDecimal seconds() {
    return segments.stream().map(Segment::seconds).reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
