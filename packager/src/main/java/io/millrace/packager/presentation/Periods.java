package io.millrace.packager.presentation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Divides what a broadcast lists into periods (ISO/IEC 23009-1 5.3.2): within one, each rendition
 * (but text) has either a segment for every number, all of one timeline, one header and one writer,
 * or none. So numbers need no holes and one template names all files. Pure.
 */
public final class Periods {
  private Periods() {}

  /**
   * One period.
   *
   * @param firstMsn number of its first segment that is listed
   * @param endMsn number behind its last segment
   * @param isLast whether nothing is listed behind it by all renditions
   * @param firstDate where the first listed one starts
   * @param endDate where the last one ends, in whatever rendition that is later
   */
  public record Period(
      PeriodStart start,
      long firstMsn,
      long endMsn,
      boolean isLast,
      Instant firstDate,
      Instant endDate) {}

  /**
   * The periods of what is listed, without those in which there is no media at all.
   *
   * @param first where the period starts in which the list begins, if that is known
   */
  public static List<Period> of(List<Rendition> renditions, Optional<PeriodStart> first) {
    List<Rendition> filled = filled(renditions);
    if (filled.isEmpty()) {
      return List.of();
    }
    long from = firstListed(filled);
    long end = Long.MAX_VALUE;
    for (Rendition rendition : filled) {
      end = Math.min(end, rendition.nextMsn());
    }
    List<Period> periods = new ArrayList<>();
    long opened = from;
    for (long msn = from + 1; msn <= end; msn++) {
      if (msn == end || startsAt(filled, msn)) {
        Optional<PeriodStart> own = startOf(filled, opened);
        if (own.isPresent()) {
          PeriodStart start = opened == from ? first.orElse(own.get()) : own.get();
          Instant endDate = endOf(filled, msn - 1).orElse(own.get().date());
          periods.add(new Period(start, opened, msn, msn == end, own.get().date(), endDate));
        }
        opened = msn;
      }
    }
    return periods;
  }

  /**
   * Where the period starts in which the list begins now.
   *
   * @param before where it did in the version before
   */
  public static Optional<PeriodStart> first(
      List<Rendition> renditions, Optional<PeriodStart> before) {
    List<Rendition> filled = filled(renditions);
    if (filled.isEmpty()) {
      return before;
    }
    long from = firstListed(filled);
    // What is not held any more tells nothing, and a period may be as long as the broadcast.
    long held = filled.getFirst().held().getFirst().msn();
    long least = before.map(start -> Math.max(held, start.msn()) + 1).orElse(from);
    for (long msn = from; msn >= least; msn--) {
      if (before.isEmpty() || startsAt(filled, msn)) {
        return startOf(filled, msn);
      }
    }
    return before;
  }

  private static List<Rendition> filled(List<Rendition> renditions) {
    return renditions.stream()
        .filter(rendition -> !rendition.isEmpty() && !rendition.info().isText())
        .toList();
  }

  /** By the first rendition; another one that has come later begins where it does. */
  private static long firstListed(List<Rendition> filled) {
    return filled.getFirst().mediaSequence();
  }

  private static Optional<PeriodStart> startOf(List<Rendition> renditions, long msn) {
    return renditions.stream()
        .flatMap(rendition -> rendition.segment(msn).stream())
        .filter(segment -> !segment.gap())
        .findFirst()
        .map(s -> new PeriodStart(msn, s.programDateTime(), s.mediaNanos()));
  }

  private static Optional<Instant> endOf(List<Rendition> renditions, long msn) {
    return renditions.stream()
        .flatMap(rendition -> rendition.segment(msn).stream())
        .filter(segment -> !segment.gap())
        .map(segment -> segment.programDateTime().plusNanos(segment.durationNanos()))
        .max(Instant::compareTo);
  }

  /** Of a number before which the first rendition holds something. */
  private static boolean startsAt(List<Rendition> renditions, long msn) {
    return renditions.stream()
        .anyMatch(rendition -> differs(rendition.segment(msn - 1), rendition.segment(msn)));
  }

  private static boolean differs(Optional<Segment> before, Optional<Segment> after) {
    if (before.isEmpty() || after.isEmpty()) {
      return before.isPresent() != after.isPresent();
    }
    Segment one = before.get();
    Segment two = after.get();
    return two.discontinuity()
        || one.gap() != two.gap()
        || one.epoch() != two.epoch()
        || !one.init().equals(two.init());
  }
}
