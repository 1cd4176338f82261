package io.millrace.validator.media;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The measured bit rates of one playlist's segments (RFC 8216bis 4.4.6.2): the peak over every run
 * of segments that lasts between half and one and a half target durations, and the average.
 */
public final class BitRates {
  private record Sized(double seconds, long bytes) {}

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
