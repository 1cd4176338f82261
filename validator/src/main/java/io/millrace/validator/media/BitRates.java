package io.millrace.validator.media;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Segment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The measured bit rates of one playlist's segments (RFC 8216bis 4.4.6.2): the peak over every run
 * of segments that lasts between half and one and a half target durations, and the average.
 */
public final class BitRates {
  private record Sized(double seconds, long bytes) {}

  private static final double DECLARED_ROOM = 0.1;

  /** It is written in whole kilobits. */
  private static final double ROUNDED_BITS = 500;

  private final double targetSeconds;
  private final Deque<Sized> recent = new ArrayDeque<>();
  private double peak;
  private double seconds;
  private long bytes;

  /**
   * @param targetSeconds the target duration
   */
  public BitRates(double targetSeconds) {
    this.targetSeconds = targetSeconds;
  }

  /** L29: what EXT-X-BITRATE says of a segment is within 10 % (RFC 8216bis 4.4.4.8). */
  public static List<Violation> declared(String where, Segment segment, long segmentBytes) {
    double bits = segmentBytes * 8.0 / Math.max(segment.seconds().doubleValue(), Double.MIN_NORMAL);
    return segment.kilobits().stream()
        .filter(kilobits -> Math.abs(kilobits * 1000 - bits) > bits * DECLARED_ROOM + ROUNDED_BITS)
        .map(
            kilobits ->
                new Violation(
                    Rule.L29_BITRATE,
                    Place.of(where).atLine(segment.line()),
                    "segment %d has %.0f bit/s, EXT-X-BITRATE is %d kbit/s"
                        .formatted(segment.sequence(), bits, kilobits)))
        .toList();
  }

  /** What follows does not follow what was: no run goes over a gap. */
  public void interrupt() {
    recent.clear();
  }

  /** Takes the next segment. */
  public void add(double segmentSeconds, long segmentBytes) {
    if (segmentSeconds <= 0) {
      return;
    }
    seconds += segmentSeconds;
    bytes += segmentBytes;
    recent.addLast(new Sized(segmentSeconds, segmentBytes));
    double run = 0;
    long size = 0;
    int used = 0;
    for (var each = recent.descendingIterator(); each.hasNext(); ) {
      Sized one = each.next();
      run += one.seconds();
      size += one.bytes();
      if (run > targetSeconds * 1.5) {
        break;
      }
      used++;
      if (run >= targetSeconds * 0.5) {
        peak = Math.max(peak, size * 8 / run);
      }
    }
    while (recent.size() > used + 1) {
      recent.removeFirst();
    }
  }

  /** Bits a second; 0 when nothing was long enough. */
  public double peak() {
    return peak;
  }

  /** Bits a second; 0 at first. */
  public double average() {
    return seconds == 0 ? 0 : bytes * 8 / seconds;
  }

  /** How much was measured. */
  public double seconds() {
    return seconds;
  }
}
