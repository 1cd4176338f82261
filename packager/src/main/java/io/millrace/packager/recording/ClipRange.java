package io.millrace.packager.recording;

import io.millrace.packager.ClipMoment;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a part of a recording is cut: the segments that show the range, from one on that can be
 * decoded by itself, without lost time at the ends. Pure.
 *
 * @param from where the part that was asked for begins; times are as the playlists count them
 * @param to where it ends
 * @param begins where the first segment begins
 * @param ends where the last one ends
 * @param firstMsn the number of the first segment
 * @param lastMsn the number of the last one
 * @param startsAt when what is seen first was sent
 * @param endsAt when what is seen last was sent
 */
record ClipRange(
    Duration from,
    Duration to,
    Duration begins,
    Duration ends,
    long firstMsn,
    long lastMsn,
    Instant startsAt,
    Instant endsAt) {
  /** Clocks and rounding: what is asked for beyond the end by so little is the end. */
  private static final long SLACK_NANOS = 1_000_000_000L;

  /** A range that a recording does not have. */
  static final class RangeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String words;

    /**
     * @param message the name of the field, and what is wrong with it
     */
    RangeException(String message) {
      super(message);
      this.words = message;
    }

    String words() {
      return words;
    }
  }

  /**
   * Finds it.
   *
   * @param line the segments of the rendition by which it is cut; not empty
   * @param ended whether there will be no more of them
   */
  static ClipRange of(
      List<Segment> line, boolean ended, Optional<ClipMoment> from, Optional<ClipMoment> to)
      throws RangeException {
    SegmentTimes times = new SegmentTimes(line);
    long begin = from.isPresent() ? times.place("from", from.get()) : 0;
    long end = to.isPresent() ? times.place("to", to.get()) : times.end;
    check(ended, times, begin, end);
    end = Math.min(end, times.end);
    int first = firstOf(times, begin);
    int last = times.at(end - 1);
    while (last > first && line.get(last).gap()) {
      last--;
    }
    while (first < last && line.get(first).gap()) {
      first++;
    }
    if (line.get(first).gap()) {
      throw new RangeException("from: nothing was received between there and the end");
    }
    return new ClipRange(
        Duration.ofNanos(begin),
        Duration.ofNanos(end),
        Duration.ofNanos(times.starts[first]),
        Duration.ofNanos(times.endOf(last)),
        line.get(first).msn(),
        line.get(last).msn(),
        line.get(first).programDateTime(),
        line.get(last).end());
  }

  private static void check(boolean ended, SegmentTimes times, long begin, long end)
      throws RangeException {
    String there =
        ended ? " lasts " + seconds(times.end) : " has come to " + seconds(times.end) + " so far";
    if (begin < 0 || begin >= times.end) {
      throw new RangeException("from: is outside of the recording, which" + there);
    }
    if (end < 0 || end > times.end + SLACK_NANOS) {
      throw new RangeException("to: is outside of the recording, which" + there);
    }
    if (end <= begin) {
      throw new RangeException(
          "to: is not behind from: " + seconds(end) + " are no later than " + seconds(begin));
    }
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }

  /** From a segment that needs nothing before it, if there is one behind what was lost. */
  private static int firstOf(SegmentTimes times, long begin) {
    int wanted = times.at(begin);
    int first = wanted;
    while (first > 0
        && !times.line.get(first).independent()
        && !times.line.get(first).discontinuity()
        && !times.line.get(first - 1).gap()) {
      first--;
    }
    return times.line.get(first).independent() ? first : wanted;
  }
}
