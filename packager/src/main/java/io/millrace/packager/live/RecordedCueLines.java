package io.millrace.packager.live;

import io.millrace.packager.cue.CuePoint;
import io.millrace.packager.cue.DateRanges;
import io.millrace.packager.cue.EventStreams;
import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.metadata.InbandEvents;
import io.millrace.packager.presentation.CueLines;
import io.millrace.packager.presentation.PeriodStart;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Writes what a recording's playlists and its manifest say of cue points. */
final class RecordedCueLines {
  private RecordedCueLines() {}

  /**
   * All date ranges are among the segments where they were live, and each event is in the period of
   * its moment.
   *
   * @param first the period in which the recording begins
   */
  static CueLines of(RecordedCues cues, List<Rendition> renditions, Optional<PeriodStart> first) {
    if (cues.isEmpty() || first.isEmpty()) {
      return CueLines.NONE;
    }
    List<CuePoint> events = cues.from(first.get().mediaNanos());
    long end = endNanos(renditions);
    return new CueLines(
        cues.tags().stream().map(RecordedCueLines::tag).toList(),
        CueLines.NONE.recentlyRemoved(),
        Instant.MIN,
        // What returns where the last segment ends is in it.
        (from, until) -> EventStreams.of(events, from, Math.min(until, end + 1)),
        InbandEvents.elements(cues.schemes()));
  }

  private static CueLines.Tag tag(DateRanges.Tag tag) {
    return new CueLines.Tag(tag.text(), tag.place().msn(), tag.place().parts(), false);
  }

  /** Where the last segment ends, in nanoseconds of the broadcast. */
  static long endNanos(List<Rendition> renditions) {
    long end = 0;
    for (Rendition rendition : renditions) {
      if (!rendition.isEmpty()) {
        Segment last = rendition.segments().getLast();
        end = Math.max(end, last.mediaNanos() + last.durationNanos());
      }
    }
    return end;
  }
}
