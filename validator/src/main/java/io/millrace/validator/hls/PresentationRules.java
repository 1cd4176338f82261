package io.millrace.validator.hls;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What must hold between the playlists of one presentation that were read at about the same time
 * (D4, D5, D7, M6). Pure.
 */
public final class PresentationRules {
  /** Segments are the same content when they start this close to each other. */
  private static final double SAME_START_SECONDS = 0.5;

  /** A dated segment: when it starts, and the number of discontinuities up to it. */
  private record Dated(Instant start, long discontinuities, Segment segment) {}

  private PresentationRules() {}

  /**
   * Judges every list against the first.
   *
   * @param lists the newest version of each media playlist, by address; no subtitles, no I-frames
   */
  public static List<Violation> check(Map<String, MediaPlaylist> lists) {
    List<Violation> violations = new ArrayList<>();
    Map<String, MediaPlaylist> sorted = new TreeMap<>(lists);
    Optional<Map.Entry<String, MediaPlaylist>> first = sorted.entrySet().stream().findFirst();
    if (first.isEmpty()) {
      return violations;
    }
    sorted.forEach(
        (where, list) -> {
          if (!where.equals(first.get().getKey())) {
            pair(first.get().getKey(), first.get().getValue(), where, list, violations);
          }
        });
    return violations;
  }

  /**
   * D4, D5, D7 of I-frame playlists, which may number their segments as they like; those of a
   * recording have a target duration of their own (6.2.4).
   *
   * @param lists the other media playlists, by address
   * @param iFrames the newest version of each I-frame playlist, by address
   */
  public static List<Violation> checkIFrames(
      Map<String, MediaPlaylist> lists, Map<String, MediaPlaylist> iFrames) {
    List<Violation> violations = new ArrayList<>();
    new TreeMap<>(lists)
        .entrySet().stream()
            .findFirst()
            .ifPresent(
                first ->
                    new TreeMap<>(iFrames)
                        .forEach(
                            (where, list) -> {
                              if (!list.type().equals(Optional.of("VOD"))) {
                                same(first.getKey(), first.getValue(), where, list, violations);
                              }
                              discontinuities(
                                  first.getKey(), first.getValue(), where, list, violations);
                            }));
    return violations;
  }

  /** D4. */
  private static void discontinuities(
      String one, MediaPlaylist a, String where, MediaPlaylist b, List<Violation> violations) {
    List<Dated> theirs = dated(a);
    NavigableMap<Instant, Dated> byStart = new TreeMap<>();
    theirs.forEach(dated -> byStart.put(dated.start(), dated));
    for (Dated dated : dated(b)) {
      same(dated, byStart)
          .filter(other -> !isAwaited(dated, other, theirs))
          .ifPresent(other -> numberOfDiscontinuities(one, other, where, dated, violations));
    }
  }

  private static void pair(
      String one, MediaPlaylist a, String where, MediaPlaylist b, List<Violation> violations) {
    same(one, a, where, b, violations);
    List<Dated> ours = dated(b);
    List<Dated> theirs = dated(a);
    numbers(one, theirs, where, ours, b.targetDuration(), violations);
    NavigableMap<Instant, Dated> byStart = new TreeMap<>();
    theirs.forEach(dated -> byStart.put(dated.start(), dated));
    for (Dated dated : ours) {
      same(dated, byStart)
          .filter(other -> !isAwaited(dated, other, theirs))
          .ifPresent(other -> compare(one, other, where, dated, violations));
    }
  }

  /** D5, D7. */
  private static void same(
      String one, MediaPlaylist a, String where, MediaPlaylist b, List<Violation> violations) {
    if (a.targetDuration() != b.targetDuration()) {
      violations.add(
          new Violation(
              Rule.D7,
              where,
              "target duration %d, that of %s is %d"
                  .formatted(b.targetDuration(), one, a.targetDuration())));
    }
    if (!a.serverControl().equals(b.serverControl())) {
      violations.add(new Violation(Rule.D7, where, "EXT-X-SERVER-CONTROL is not that of " + one));
    }
    boolean ours = dated(b).isEmpty();
    if (ours != dated(a).isEmpty() && !a.segments().isEmpty() && !b.segments().isEmpty()) {
      violations.add(
          new Violation(Rule.D5, where, (ours ? "no dates, but " : "dates, but none in ") + one));
    }
  }

  /**
   * M6: segments of one number are near each other. That is no MUST (4.4.3.2): a list may need
   * numbers of its own for what it does not have. The newest such number is told.
   */
  private static void numbers(
      String one,
      List<Dated> theirs,
      String where,
      List<Dated> ours,
      long targetSeconds,
      List<Violation> violations) {
    Map<Long, Dated> byNumber = new HashMap<>();
    theirs.forEach(dated -> byNumber.put(dated.segment().sequence(), dated));
    for (Dated dated : ours.reversed()) {
      Dated other = byNumber.get(dated.segment().sequence());
      if (other != null && apart(other, dated) > targetSeconds) {
        violations.add(
            new Violation(
                Rule.M6,
                where,
                "segment %d is %.3f s away from that of %s"
                    .formatted(dated.segment().sequence(), apart(other, dated), one)));
        return;
      }
    }
  }

  private static void compare(
      String one, Dated other, String where, Dated dated, List<Violation> violations) {
    numberOfDiscontinuities(one, other, where, dated, violations);
    if (other.segment().sequence() != dated.segment().sequence()) {
      violations.add(
          new Violation(
              Rule.M6,
              where,
              "segment %d starts with segment %d of %s"
                  .formatted(dated.segment().sequence(), other.segment().sequence(), one)));
    }
  }

  private static void numberOfDiscontinuities(
      String one, Dated other, String where, Dated dated, List<Violation> violations) {
    if (other.discontinuities() != dated.discontinuities()) {
      violations.add(
          new Violation(
              Rule.D4,
              where,
              "segment %d at %s has discontinuity sequence %d, in %s it is %d"
                  .formatted(
                      dated.segment().sequence(),
                      dated.start(),
                      dated.discontinuities(),
                      one,
                      other.discontinuities())));
    }
  }

  /** The segment that starts nearest, if it is near enough. */
  private static Optional<Dated> same(Dated dated, NavigableMap<Instant, Dated> byStart) {
    Map.Entry<Instant, Dated> before = byStart.floorEntry(dated.start());
    Map.Entry<Instant, Dated> after = byStart.ceilingEntry(dated.start());
    return Stream.of(Optional.ofNullable(before), Optional.ofNullable(after))
        .flatMap(Optional::stream)
        .map(Map.Entry::getValue)
        .filter(other -> apart(other, dated) <= room(other, dated))
        .min(Comparator.comparingDouble(other -> apart(other, dated)));
  }

  /**
   * Whether the other list does not have the segment yet: behind a short one whose successor's date
   * goes back a little, as behind a discontinuity, that short one starts nearest until then.
   */
  private static boolean isAwaited(Dated dated, Dated nearest, List<Dated> theirs) {
    return nearest.segment().sequence() == theirs.getLast().segment().sequence()
        && dated.segment().sequence() > nearest.segment().sequence()
        && dated.start().isAfter(nearest.start());
  }

  /** A segment that is short starts near many. */
  private static double room(Dated one, Dated other) {
    double shorter = one.segment().seconds().min(other.segment().seconds()).doubleValue();
    return Math.min(SAME_START_SECONDS, shorter / 3);
  }

  private static double apart(Dated one, Dated other) {
    return Duration.between(one.start(), other.start()).abs().toMillis() / 1000.0;
  }

  private static List<Dated> dated(MediaPlaylist list) {
    List<Dated> all = new ArrayList<>();
    long discontinuities = list.discontinuitySequence().orElse(0L);
    for (Segment segment : list.segments()) {
      discontinuities += segment.discontinuity() ? 1 : 0;
      long now = discontinuities;
      segment.date().ifPresent(date -> all.add(new Dated(date, now, segment)));
    }
    return all;
  }
}
