package io.millrace.broker.index;

import io.millrace.config.ConfigSection;
import java.time.Duration;

/**
 * The index of where each topic's messages are: section {@code broker.index}.
 *
 * @param memory {@code broker.index.memory}, in bytes, of all partitions together; where it is
 *     short, the index knows less precisely where old messages are, and reading them takes longer
 * @param snapshotInterval {@code broker.index.snapshotInterval}, how often the index is written to
 *     the data directory; what is newer is read from the log again after a restart
 */
public record IndexConfig(long memory, Duration snapshotInterval) {
  private static final long DEFAULT_MEMORY = 128L << 20;
  private static final long LEAST_MEMORY = 1L << 20;
  private static final long MOST_MEMORY = 1L << 40;
  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

  /**
   * Reads the section.
   *
   * @param index the section {@code broker.index}
   */
  public static IndexConfig read(ConfigSection index) {
    return new IndexConfig(
        index.heap("memory", DEFAULT_MEMORY, LEAST_MEMORY, MOST_MEMORY),
        index.duration("snapshotInterval", DEFAULT_INTERVAL, SHORTEST_INTERVAL, LONGEST_INTERVAL));
  }
}
