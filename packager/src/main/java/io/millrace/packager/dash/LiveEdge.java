package io.millrace.packager.dash;

import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What the low-latency manifest says beside the other one (ISO/IEC 23009-1 5.3.9.5, K.3.2; DASH-IF
 * Low-Latency Modes): the segment that grows is named as soon as its first part is there, with the
 * duration that is expected of it.
 *
 * @param partTarget the longest part
 * @param targetSeconds the target duration of segments
 * @param listed how many segments there have been, of all renditions
 * @param growing of how many renditions a segment grows
 */
record LiveEdge(Duration partTarget, int targetSeconds, long listed, long growing) {
  static final String PROFILE = "http://www.dashif.org/guidelines/low-latency-live-v5";

  /** How often a player looks for the segment that grows. */
  static final long UPDATE_NANOS = 500_000_000;

  /** As in {@code PART-HOLD-BACK} (HLS L28). */
  private static final int PARTS_BACK = 3;

  /** A manifest may be a second old, by its caching, when a player looks. */
  private static final long MANIFEST_MILLIS = 1000;

  private static final double SLOWEST = 0.96;
  private static final double FASTEST = 1.04;

  /** Of a broadcast on air; empty where no parts are listed. */
  static Optional<LiveEdge> of(Presentation presentation) {
    return presentation
        .partTarget()
        .map(
            target ->
                new LiveEdge(
                    target,
                    presentation.targetSeconds(),
                    presentation.renditions().stream().mapToLong(Rendition::nextMsn).sum(),
                    presentation.renditions().stream()
                        .filter(rendition -> !rendition.isEmpty())
                        .filter(each -> behind(each, each.segments().getLast()) > 0)
                        .count()));
  }

  /**
   * How long the segment behind a rendition's last listed one is expected to last: as long as that
   * did. 0 where none grows that is of the same period.
   */
  static long behind(Rendition rendition, Segment last) {
    Optional<PartialSegment> open =
        rendition
            .partial()
            .filter(next -> next.msn() == last.msn() + 1 && next.epoch() == last.epoch())
            .filter(next -> !next.parts().isEmpty() && !next.parts().getLast().gap())
            .filter(
                next ->
                    next.opening()
                        .filter(opening -> opening.init().equals(last.init()))
                        .filter(opening -> !opening.discontinuity())
                        .isPresent());
    return open.isEmpty() ? 0 : last.durationTicks();
  }

  /** How far behind the edge a player is to be. */
  long latencyNanos() {
    return partTarget.multipliedBy(PARTS_BACK).plusMillis(MANIFEST_MILLIS).toNanos();
  }

  /** What is to be had before playing starts. */
  long bufferNanos() {
    return partTarget.toNanos();
  }

  /**
   * Later with each segment that begins to grow, or is listed: then it is one less that grows.
   *
   * @param whole that of the manifest without what grows
   */
  Instant published(Instant whole) {
    return whole.plus(listed + growing, ChronoUnit.MICROS);
  }

  /** Behind the root's start tag. */
  void describe(StringBuilder out) {
    long latency = latencyNanos() / 1_000_000;
    out.append("<ServiceDescription id=\"0\">\n<Latency target=\"").append(latency);
    out.append("\" min=\"").append(latency - partTarget.toMillis());
    out.append("\" max=\"").append(latency * 2).append("\"/>\n<PlaybackRate min=\"");
    out.append(SLOWEST).append("\" max=\"").append(FASTEST).append("\"/>\n");
    out.append("</ServiceDescription>\n");
  }

  /** In the start tag of a template: a segment is there from its first part on. */
  void availability(StringBuilder out) {
    BigDecimal offset =
        BigDecimal.valueOf(targetSeconds).subtract(BigDecimal.valueOf(partTarget.toMillis(), 3));
    out.append("\" availabilityTimeOffset=\"").append(offset.stripTrailingZeros().toPlainString());
    out.append("\" availabilityTimeComplete=\"false");
  }
}
