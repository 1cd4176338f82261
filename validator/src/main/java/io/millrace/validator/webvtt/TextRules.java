package io.millrace.validator.webvtt;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Segment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What must hold for a segment of text beside media (D8). Pure. */
public final class TextRules {
  /** How far a cue may be from the segment that it is in: dates are not exact to a picture. */
  private static final double NEAR_SECONDS = 1;

  private static final double WRAP_SECONDS = (1L << 33) / 90_000.0;

  private TextRules() {}

  /**
   * D8_TEXT: by the timestamp map each cue is shown in the segment that it is in.
   *
   * @param date of the segment
   * @param epochSeconds the wall clock of media time 0, as the media beside it tells it
   */
  public static List<Violation> check(
      String where, WebVtt text, Segment segment, Instant date, double epochSeconds) {
    List<Violation> violations = new ArrayList<>();
    double start = date.getEpochSecond() + date.getNano() / 1e9;
    for (WebVtt.Cue cue : text.cues()) {
      double from =
          Math.IEEEremainder(epochSeconds + text.mediaSeconds(cue.from()) - start, WRAP_SECONDS);
      double to = from + cue.to() - cue.from();
      if (from > segment.seconds().doubleValue() + NEAR_SECONDS || to < -NEAR_SECONDS) {
        violations.add(
            new Violation(
                Rule.D8_TEXT,
                Place.of(where).atLine(cue.line()),
                String.format(
                    Locale.ROOT,
                    "EXTINF %s, the cue is shown from %.3f to %.3f s of it",
                    segment.seconds(),
                    from,
                    to)));
      }
    }
    return violations;
  }
}
