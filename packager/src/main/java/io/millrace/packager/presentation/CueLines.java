package io.millrace.packager.presentation;

import java.time.Instant;
import java.util.List;

/**
 * What playlists and manifests say of a broadcast's cue points at one moment, alike in all
 * renditions. Immutable; any thread reads it.
 *
 * @param tags EXT-X-DATERANGE, in the order of their places
 * @param recentlyRemoved the attribute of EXT-X-SKIP that names what has been removed of late
 * @param changedAt when any of this became different from what it was before
 * @param events writes them for DASH
 * @param inbandEvents elements of the adaptation sets whose files have timed metadata
 */
public record CueLines(
    List<Tag> tags,
    String recentlyRemoved,
    Instant changedAt,
    PeriodEvents events,
    String inbandEvents) {
  /** Of a broadcast that has had no cue point. */
  public static final CueLines NONE =
      new CueLines(
          List.of(), "RECENTLY-REMOVED-DATERANGES=\"\"", Instant.MIN, (from, until) -> "", "");

  public CueLines {
    tags = List.copyOf(tags);
  }

  /** Of playlists from which none of these tags has been removed. */
  public CueLines withTags(List<Tag> newTags) {
    return new CueLines(newTags, NONE.recentlyRemoved, changedAt, events, inbandEvents);
  }

  /**
   * A line of a playlist, which stands where the playlist ended when it was appended.
   *
   * @param text with its end
   * @param msn number of the segment that came next
   * @param parts how many parts of that segment were listed by then
   * @param recent whether a client that asks for an update may not know it
   */
  public record Tag(String text, long msn, int parts, boolean recent) {
    /** Whether it stands before a segment, or before what follows so many of its parts. */
    public boolean isBefore(long segment, int behind) {
      return msn < segment || (msn == segment && parts <= behind);
    }
  }

  /** Writes the elements of a DASH period. */
  @FunctionalInterface
  public interface PeriodEvents {
    /**
     * {@code EventStream}s; empty when nothing happens in the period.
     *
     * @param fromNanos where it starts, in nanoseconds of the broadcast
     * @param untilNanos where the next one starts; {@link Long#MAX_VALUE} for the last one
     */
    String of(long fromNanos, long untilNanos);
  }
}
