package io.millrace.packager.live;

import io.millrace.media.Timescale;
import io.millrace.packager.presentation.Part;
import io.millrace.packager.presentation.PartialSegment;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.Header;
import io.millrace.packager.segment.PartOutput;
import io.millrace.packager.segment.SegmentStart;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists one broadcast's parts as they close, behind the segments that are shown already. What a
 * viewer sees of a segment that is in no stored state yet are its parts, up to all of them:
 *
 * <pre>
 *   shown:  … 41 42        43.0 43.1 … 43.5      hint 44.0
 *   told:                  43 is cut, its state is being stored;  44.0 waits for that
 * </pre>
 *
 * Confined to the broadcast's home context.
 */
final class PartListing implements PartOutput {
  /** A part that is listed so much later than one part behind the one before it is late. */
  private static final double LATE = 1.5;

  /** What has been told of one rendition's segments that are not shown. */
  private static final class Told {
    private final Deque<PartialSegment> segments = new ArrayDeque<>();
    private Instant lastPart = Instant.MAX;
    private Optional<Header> header = Optional.empty();

    private PartialSegment shown = PartialSegment.expected(-1, 0);

    /**
     * A hint at another header comes when the segment before it is listed: players take it for that
     * of all parts that are listed behind the last segment.
     */
    boolean changesHeaderBehind(PartialSegment segment) {
      return shown.msn() == segment.msn()
          && !segment.parts().isEmpty()
          && header.isPresent()
          && !header.get().name().equals(segment.opening().orElseThrow().init());
    }

    void replaceLast(PartialSegment segment) {
      segments.removeLast();
      segments.addLast(segment);
    }
  }

  private final int epoch;
  private final Optional<Duration> partTarget;
  private final WriterSetup setup;
  private final RenditionLogs logs;
  private final ProgrammeDates dates;
  private final SegmentListing listing;
  private final Map<RenditionLog, Told> told = new HashMap<>();
  private boolean changed;

  PartListing(
      Resumption from,
      WriterSetup setup,
      RenditionLogs logs,
      ProgrammeDates dates,
      SegmentListing listing) {
    this.epoch = from.epoch();
    this.partTarget = from.partTarget();
    this.setup = setup;
    this.logs = logs;
    this.dates = dates;
    this.listing = listing;
  }

  /** Whether there is more to show than the last time that this was asked. */
  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  @Override
  public void opened(String line, Header header) {
    logs.findLine(line)
        .ifPresent(
            log -> told.computeIfAbsent(log, first -> new Told()).header = Optional.of(header));
    changed = true;
  }

  @Override
  public void begun(String line, SegmentStart start, Header header, Timescale timescale) {
    RenditionLog log = logs.ofLine(line);
    listing.addHeader(log, header);
    Told of = told.computeIfAbsent(log, first -> new Told());
    changed |= of.header.isEmpty();
    of.header = Optional.of(header);
    of.segments.addLast(
        PartialSegment.opened(
            start.msn(),
            epoch,
            new PartialSegment.Opening(
                header.name(),
                timescale.ticksPerSecond(),
                dates.of(log, start.msn(), start.mediaNanos(), start.discontinuity()),
                start.discontinuity())));
    if (start.discontinuity()) {
      of.lastPart = Instant.MAX;
    }
  }

  @Override
  public void closed(String line, Part part, Buffer bytes) {
    RenditionLog log = logs.ofLine(line);
    Told of = told.computeIfAbsent(log, first -> new Told());
    of.replaceLast(of.segments.getLast().with(part, bytes));
    Instant now = setup.clock().instant();
    Instant due = of.lastPart;
    setup.metrics().part(log.info().kind(), due.isBefore(now));
    of.lastPart = now.plusMillis(Math.round(partTarget.orElseThrow().toMillis() * LATE));
    changed = true;
  }

  /** A segment is cut: no more parts of it follow. */
  void cut(CutSegment cut) {
    Told of = told.get(logs.ofLine(cut.rendition()));
    if (of != null && !of.segments.isEmpty() && of.segments.getLast().msn() == cut.msn()) {
      of.replaceLast(of.segments.getLast().asWhole());
      changed = true;
    }
  }

  /**
   * Lists the parts of a gap behind all that is told, in every rendition that has parts.
   *
   * @param length of the gap by now
   * @param whole whether it does not grow any more; else it is so many whole parts
   */
  void listGap(Duration length, boolean whole) {
    long parts = length.toNanos() / partTarget.orElseThrow().toNanos();
    for (RenditionLog log : logs.begun()) {
      if (log.info().isText()) {
        continue;
      }
      Segment gap = log.gap(length, epoch, partTarget);
      int listed = whole ? gap.parts().size() : Math.toIntExact(parts);
      Told of = told.computeIfAbsent(log, first -> new Told());
      if (!of.segments.isEmpty() && of.segments.getLast().msn() == gap.msn()) {
        of.segments.removeLast();
      }
      of.segments.addLast(PartialSegment.ofGap(gap, listed, whole));
      of.lastPart = Instant.MAX;
    }
    changed = true;
  }

  /** What is shown, with the parts behind it. */
  Presentation behind(Presentation shown) {
    if (shown.ended()) {
      told.clear();
    }
    if (partTarget.isEmpty() || shown.ended()) {
      return shown;
    }
    List<Rendition> renditions = new ArrayList<>(shown.renditions().size());
    for (Rendition rendition : shown.renditions()) {
      renditions.add(
          rendition.isEmpty() || rendition.info().isText()
              ? rendition
              : logs.named(rendition.name()).map(log -> behind(log, rendition)).orElse(rendition));
    }
    return shown.with(renditions, WrittenPlaylists.INSTANCE);
  }

  private Rendition behind(RenditionLog log, Rendition rendition) {
    Told of = told.computeIfAbsent(log, first -> new Told());
    while (!of.segments.isEmpty() && of.segments.getFirst().msn() < rendition.nextMsn()) {
      of.segments.removeFirst();
    }
    PartialSegment next =
        of.segments.isEmpty() || of.segments.getFirst().msn() != rendition.nextMsn()
            ? PartialSegment.expected(rendition.nextMsn(), epoch)
            : of.segments.getFirst();
    if (!next.whole() || !of.changesHeaderBehind(next)) {
      of.shown = next.before(of.header.map(Header::name).orElse(Segment.NO_INIT));
    }
    return rendition.with(of.shown, headers(log, of, rendition));
  }

  /** Those of what is shown, and the one that is needed next. */
  private static Map<String, Buffer> headers(RenditionLog log, Told of, Rendition rendition) {
    if (of.header.isEmpty() || rendition.headers().containsKey(of.header.get().name())) {
      return rendition.headers();
    }
    Map<String, Buffer> all = log.headers();
    all.put(of.header.get().name(), of.header.get().bytes());
    return all;
  }
}
