package io.millrace.packager.hls;

import io.millrace.packager.presentation.Part;
import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.util.List;

/** What a low-latency playlist says of parts (RFC 8216bis 4.4.4.9, 4.4.5.3, 4.4.5.4). */
final class PartLines {
  private PartLines() {}

  /** The parts of a segment that is whole, or of a gap. */
  static void of(StringBuilder out, Segment segment, RangeLines ranges) {
    parts(out, segment.msn(), segment.epoch(), segment.parts(), segment.timescale(), ranges);
  }

  private static void parts(
      StringBuilder out, long msn, int epoch, List<Part> parts, int timescale, RangeLines ranges) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      out.append("#EXT-X-PART:DURATION=");
      Decimals.append(out, (double) part.durationTicks() / timescale);
      out.append(",URI=\"").append(Part.name(msn, epoch, i)).append('"');
      out.append(part.independent() ? ",INDEPENDENT=YES" : "");
      out.append(part.gap() ? ",GAP=YES\n" : "\n");
      ranges.before(out, msn, i + 1);
    }
  }

  /**
   * What is behind the last segment: the parts of the next one, what comes then, and how far the
   * other renditions are. Before a part that needs another header comes a hint at that (HLS L27).
   * Text has no parts.
   */
  static void behindSegments(
      StringBuilder out, Presentation presentation, Rendition rendition, RangeLines ranges) {
    if (presentation.partTarget().isEmpty() || presentation.ended()) {
      return;
    }
    rendition
        .partial()
        .ifPresent(partial -> next(out, partial, rendition.held().getLast().init(), ranges));
    for (Rendition other : presentation.offered()) {
      if (!other.name().equals(rendition.name())) {
        report(out, other);
      }
    }
  }

  /**
   * @param held the header of the last segment
   */
  private static void next(
      StringBuilder out, PartialSegment partial, String held, RangeLines ranges) {
    String init = held;
    if (!partial.parts().isEmpty()) {
      PartialSegment.Opening opening = partial.opening().orElseThrow();
      open(out, partial, opening, init, ranges);
      init = opening.init();
    }
    if (!partial.nextInit().equals(Segment.NO_INIT) && !partial.nextInit().equals(init)) {
      out.append("#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"").append(partial.nextInit()).append("\"\n");
    }
    out.append("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"").append(partial.nextPart()).append("\"\n");
  }

  /**
   * @param init the header of the segment before
   */
  private static void open(
      StringBuilder out,
      PartialSegment partial,
      PartialSegment.Opening opening,
      String init,
      RangeLines ranges) {
    boolean namesHeader = opening.discontinuity() || !opening.init().equals(init);
    MediaPlaylistWriter.before(
        out,
        opening.discontinuity(),
        namesHeader ? opening.init() : Segment.NO_INIT,
        opening.programDateTime());
    parts(out, partial.msn(), partial.epoch(), partial.parts(), opening.timescale(), ranges);
    ranges.rest(out);
  }

  private static void report(StringBuilder out, Rendition other) {
    long msn = other.nextMsn() - 1;
    int parts = other.held().getLast().parts().size();
    if (other.partial().isPresent() && !other.partial().get().parts().isEmpty()) {
      msn = other.partial().get().msn();
      parts = other.partial().get().parts().size();
    }
    out.append("#EXT-X-RENDITION-REPORT:URI=\"../").append(other.name());
    out.append("/index.m3u8\",LAST-MSN=").append(msn);
    if (parts > 0) {
      out.append(",LAST-PART=").append(parts - 1);
    }
    out.append('\n');
  }
}
