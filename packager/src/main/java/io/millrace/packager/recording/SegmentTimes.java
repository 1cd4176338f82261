package io.millrace.packager.recording;

import io.millrace.packager.ClipMoment;
import io.millrace.packager.presentation.Segment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Where the segments of one rendition begin and end, in nanoseconds from its first one on. Pure.
 */
final class SegmentTimes {
  private static final Duration FAR = Duration.ofDays(1);

  final List<Segment> line;
  final long[] starts;
  final long end;

  SegmentTimes(List<Segment> line) {
    this.line = line;
    this.starts = new long[line.size()];
    long at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = at;
      at += line.get(i).durationNanos();
    }
    this.end = at;
  }

  long endOf(int index) {
    return starts[index] + line.get(index).durationNanos();
  }

  /** The last segment that starts there or before. */
  int at(long nanos) {
    int index = starts.length - 1;
    while (index > 0 && starts[index] > nanos) {
      index--;
    }
    return index;
  }

  long place(String field, ClipMoment moment) throws ClipRange.RangeException {
    return switch (moment) {
      case ClipMoment.Offset(Duration offset) ->
          offset.isNegative() ? end + offset.toNanos() : offset.toNanos();
      case ClipMoment.Date(Instant date) -> dated(field, date);
    };
  }

  /** Of a time at which nothing was sent it is where the next begins. */
  private long dated(String field, Instant date) throws ClipRange.RangeException {
    if (date.isBefore(line.getFirst().programDateTime())) {
      throw new ClipRange.RangeException(
          field + ": is before the first picture, of " + line.getFirst().programDateTime());
    }
    for (int i = 0; i < starts.length; i++) {
      Segment segment = line.get(i);
      if (date.isBefore(segment.end())) {
        Duration into = Duration.between(segment.programDateTime(), date);
        return starts[i] + (into.isNegative() ? 0 : into.toNanos());
      }
    }
    Duration behind = Duration.between(line.getLast().end(), date);
    return end + (behind.compareTo(FAR) > 0 ? FAR : behind).toNanos();
  }
}
