package io.millrace.validator.webvtt;

import java.util.List;
import java.util.Optional;

/**
 * A segment of text.
 *
 * @param map how its times and those of the media belong together, where it says so
 */
public record WebVtt(Optional<TimestampMap> map, List<Cue> cues) {
  /**
   * A text and when it is shown, in seconds by the segment's own clock.
   *
   * @param line in the file, from 1
   */
  public record Cue(int line, double from, double to, String text) {}

  /** {@code X-TIMESTAMP-MAP} (RFC 8216bis 3.1.4): the same moment in text and in media. */
  public record TimestampMap(double localSeconds, long mpegTs) {
    private static final double TICKS_A_SECOND = 90_000;

    /** A moment of the text in seconds of media, which count to 2^33 ticks of 90 kHz only. */
    public double mediaSeconds(double local) {
      return mpegTs / TICKS_A_SECOND + local - localSeconds;
    }
  }

  public WebVtt {
    cues = List.copyOf(cues);
  }

  /** The same where nothing is said: both start at zero. */
  public double mediaSeconds(double local) {
    return map.orElse(new TimestampMap(0, 0)).mediaSeconds(local);
  }
}
