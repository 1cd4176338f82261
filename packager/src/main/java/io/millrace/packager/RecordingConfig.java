package io.millrace.packager;

import io.millrace.config.ConfigSection;
import java.time.Duration;

/**
 * What is recorded and how long it is kept: section {@code recording}.
 *
 * @param enabled {@code recording.enabled}, whether broadcasts become assets
 * @param maxBytes {@code recording.maxBytes}, what the assets of this node may take, those in the
 *     making among them; the oldest go first
 * @param maxAge {@code recording.maxAge}, how long after its end an asset is kept
 */
public record RecordingConfig(boolean enabled, long maxBytes, Duration maxAge) {
  private static final long GIGABYTE = 1_000_000_000L;
  private static final long LEAST_BYTES = 1L << 20;
  private static final long MOST_BYTES = 1L << 50;

  /**
   * Reads the section.
   *
   * @param recording the section {@code recording}
   */
  public static RecordingConfig read(ConfigSection recording) {
    return new RecordingConfig(
        recording.bool("enabled", true),
        recording.bytes("maxBytes", 20 * GIGABYTE, LEAST_BYTES, MOST_BYTES),
        recording.duration(
            "maxAge", Duration.ofDays(7), Duration.ofMinutes(1), Duration.ofDays(36_500)));
  }
}
