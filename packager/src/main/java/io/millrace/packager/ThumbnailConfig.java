package io.millrace.packager;

import io.millrace.config.ConfigSection;
import java.time.Duration;

/**
 * The pictures that players show while one seeks: section {@code packager.thumbnails}.
 *
 * @param interval {@code packager.thumbnails.interval}, the time from one to the next in whole
 *     seconds; a multiple of it where there would be too many
 * @param width {@code packager.thumbnails.width}, of one, in pixels; even
 */
public record ThumbnailConfig(Duration interval, int width) {
  private static final int LEAST_WIDTH = 64;
  private static final int MOST_WIDTH = 320;

  /**
   * Reads the section.
   *
   * @param thumbnails the section {@code packager.thumbnails}
   */
  public static ThumbnailConfig read(ConfigSection thumbnails) {
    Duration interval =
        thumbnails.duration(
            "interval", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(10));
    if (interval.toMillisPart() != 0) {
      thumbnails.problem("interval", "is not in whole seconds; write for example '10s'");
    }
    int width = thumbnails.integer("width", 160, LEAST_WIDTH, MOST_WIDTH);
    if (width % 2 != 0) {
      thumbnails.problem("width", "is odd: " + width + "; a picture's colours need an even width");
    }
    return new ThumbnailConfig(interval, width);
  }
}
