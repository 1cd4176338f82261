package io.millrace.validator.dash;

import io.millrace.validator.dash.SegmentTemplate.Listed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a SegmentTimeline (ISO/IEC 23009-1 5.3.9.6): every segment of it, up to a bound. */
final class TimelineReader {
  /** Of all timelines of a manifest. */
  private static final int MOST_SEGMENTS = 500_000;

  private int segments;

  /**
   * The segments of a timeline.
   *
   * @param lasts of the period, where it is known
   * @param openEnded told when the last element is repeated up to a time that is not said
   */
  List<Listed> read(
      Element timeline,
      long startNumber,
      long timescale,
      long timeOffset,
      Optional<Duration> lasts,
      Runnable openEnded) {
    List<Listed> listed = new ArrayList<>();
    List<Element> elements = timeline.all("S").toList();
    long number = startNumber;
    long time = 0;
    for (int i = 0; i < elements.size(); i++) {
      Element element = elements.get(i);
      number = element.number("n", number);
      time = element.number("t", time);
      long duration = element.number("d", 0);
      if (duration <= 0) {
        throw new MalformedManifestException(element.line(), "an S without a duration");
      }
      int repeats = element.read("r", "a number", text -> Integer.parseInt(text)).orElse(0);
      if (repeats < 0) {
        long until = 0;
        if (i + 1 < elements.size() && elements.get(i + 1).number("t").isPresent()) {
          until = elements.get(i + 1).number("t", 0);
        } else if (lasts.isPresent()) {
          until = timeOffset + Math.round(lasts.get().toNanos() / 1e9 * timescale);
        } else {
          openEnded.run();
        }
        repeats = Math.clamp((until - time + duration - 1) / duration - 1, 0, MOST_SEGMENTS);
      }
      for (int count = 0; count <= repeats; count++) {
        if (++segments > MOST_SEGMENTS) {
          throw new MalformedManifestException(element.line(), "too many segments");
        }
        listed.add(new Listed(number++, time, duration, element.line()));
        time += duration;
      }
    }
    return listed;
  }
}
