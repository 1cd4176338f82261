package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.ValidationReport;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.EdgePosition;
import io.millrace.validator.hls.MediaPlaylist;
import io.millrace.validator.hls.SegmentDates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When the parts of one playlist come (L6), and how far behind its dates. Only answers for which
 * the server held the request tell the time; what the client itself was late is taken off. Taken by
 * one thread, readable from any.
 */
final class PartArrivals {
  /** What a network may delay one answer more than another. */
  private static final double ROOM_SECONDS = 0.1;

  private static final double ROOM_OF_TARGET = 0.25;

  /** Beyond so many part targets no network is the reason. */
  private static final int TARGETS_TOO_LATE = 2;

  /**
   * What an encoder or a machine holds up comes late once; a server that lists late does so again
   * and again.
   */
  private static final int TIMES_TOO_LATE = 3;

  private static final double SHARE_TOO_LATE = 0.1;

  private static final double NANOS = 1e9;
  private static final int KEPT = 50_000;

  /**
   * How a part came.
   *
   * @param latencySeconds empty where there are no dates
   * @param apartSeconds since the one before; 0 where that tells nothing
   * @param late what is to be said of it
   * @param isTooLate whether it was later than a network makes it
   */
  private record Arrival(
      Optional<Double> latencySeconds,
      double apartSeconds,
      Optional<String> late,
      boolean isTooLate) {}

  private final String where;
  private final Pulse pulse;
  private final List<Double> latencies = new ArrayList<>();
  private Optional<EdgePosition> last = Optional.empty();
  private long lastNanos = -1;

  /** The last part's, until another one comes: what is held back before the end is not late. */
  private Optional<Arrival> pending = Optional.empty();

  private int parts;
  private int late;
  private int tooLate;
  private double longestSeconds;

  PartArrivals(String where, Pulse pulse) {
    this.where = where;
    this.pulse = pulse;
  }

  /**
   * Takes the next version.
   *
   * @param held whether the server held the request until there was something new
   */
  synchronized List<Violation> took(
      MediaPlaylist list, boolean held, long sentNanos, long receivedNanos, Instant received) {
    Optional<EdgePosition> newest = list.lastPart();
    boolean isNew =
        newest.isPresent()
            && list.partTarget().isPresent()
            && !list.ended()
            && (last.isEmpty() || newest.get().compareTo(last.get()) > 0);
    if (!isNew) {
      return List.of();
    }
    List<Violation> violations = pending.map(this::count).orElse(List.of());
    pending =
        last.isPresent() && held
            ? Optional.of(arrival(list, newest.get(), sentNanos, receivedNanos, received))
            : Optional.empty();
    last = newest;
    // Of what was polled nobody knows when it was added.
    lastNanos = held ? receivedNanos : -1;
    return violations;
  }

  private List<Violation> count(Arrival arrival) {
    parts++;
    late += arrival.late().isPresent() ? 1 : 0;
    tooLate += arrival.isTooLate() ? 1 : 0;
    longestSeconds = Math.max(longestSeconds, arrival.apartSeconds());
    if (latencies.size() < KEPT) {
      arrival.latencySeconds().ifPresent(latencies::add);
    }
    boolean again = tooLate >= TIMES_TOO_LATE && tooLate >= parts * SHARE_TOO_LATE;
    Rule rule = arrival.isTooLate() && again ? Rule.L6 : Rule.L6_LATE;
    return arrival.late().map(seen -> new Violation(rule, where, seen)).stream().toList();
  }

  private Arrival arrival(
      MediaPlaylist list, EdgePosition part, long sentNanos, long receivedNanos, Instant received) {
    Optional<Double> latency =
        SegmentDates.end(list).map(end -> Duration.between(end, received).toMillis() / 1000.0);
    double target = list.partTarget().get().doubleValue();
    boolean wasAskedInTime = lastNanos >= 0 && sentNanos - lastNanos <= target * NANOS;
    if (!wasAskedInTime) {
      return new Arrival(latency, 0, Optional.empty(), false);
    }
    double own = pulse.stalledNanos(lastNanos, receivedNanos) / NANOS;
    double apart = (receivedNanos - lastNanos) / NANOS - own;
    if (apart <= target + Math.max(ROOM_SECONDS, target * ROOM_OF_TARGET)) {
      return new Arrival(latency, apart, Optional.empty(), false);
    }
    return new Arrival(
        latency,
        apart,
        Optional.of(
            "%s came %.3f s after the one before, the target is %s"
                .formatted(part, apart, list.partTarget().get())),
        apart > target * TARGETS_TOO_LATE + ROOM_SECONDS);
  }

  /** What was measured; empty when no part came. */
  synchronized Optional<ValidationReport.LiveEdge> measured() {
    if (parts == 0) {
      return Optional.empty();
    }
    List<Double> sorted = latencies.stream().sorted().toList();
    return Optional.of(
        new ValidationReport.LiveEdge(
            where,
            parts,
            late,
            longestSeconds,
            sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2),
            sorted.isEmpty() ? Double.NaN : sorted.getLast()));
  }
}
