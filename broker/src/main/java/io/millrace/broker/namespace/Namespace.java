package io.millrace.broker.namespace;

import java.time.Duration;

/**
 * The settings of a namespace.
 *
 * @param name {@code [a-z0-9-]{1,63}}
 * @param generation of its log; one more whenever the number of partitions grows, since a topic's
 *     partition depends on it
 * @param partitions 1 to 1,024
 * @param retention how long messages are kept; older ones go in whole segments of the log
 * @param retentionBytes how much of each partition is kept, {@link #UNBOUNDED} for no such limit
 * @param maxMessageSize of headers and payload together, in bytes
 */
public record Namespace(
    String name,
    int generation,
    int partitions,
    Durability durability,
    Duration retention,
    long retentionBytes,
    int maxMessageSize) {
  /** No limit by bytes. */
  public static final long UNBOUNDED = -1;

  /** The one that is there from the first start: logged, four partitions, seven days. */
  public static Namespace builtIn(String name) {
    return new Namespace(name, 1, 4, Durability.LOGGED, Duration.ofDays(7), UNBOUNDED, 1024 * 1024);
  }

  /** Whether its messages are in a log, so that they have positions and a history. */
  public boolean isKept() {
    return durability != Durability.MEMORY;
  }
}
