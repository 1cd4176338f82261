package io.millrace.broker.namespace;

import io.millrace.access.PublishLimits;
import io.millrace.access.TopicPattern;
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
 * @param maxWildcardFilters how many different filters with wildcards the subscribers of one event
 *     loop may have, 0 or more: each message is held against all of them
 * @param publishLimits of everybody together, on each node
 */
public record Namespace(
    String name,
    int generation,
    int partitions,
    Durability durability,
    Duration retention,
    long retentionBytes,
    int maxMessageSize,
    int maxWildcardFilters,
    PublishLimits publishLimits) {
  /** No limit by bytes. */
  public static final long UNBOUNDED = -1;

  public static final int MOST_PARTITIONS = 1024;

  /** The most that {@code maxWildcardFilters} may be. */
  public static final int MOST_WILDCARD_FILTERS = 100_000;

  /** What a namespace may allow of one message at most, in bytes. */
  public static final int LONGEST_MESSAGE = 8 << 20;

  /** Where nothing else is said. */
  public static final int DEFAULT_WILDCARD_FILTERS = 1_000;

  /** With the limits that are there where nothing else is said. */
  public Namespace(
      String name,
      int generation,
      int partitions,
      Durability durability,
      Duration retention,
      long retentionBytes,
      int maxMessageSize) {
    this(
        name,
        generation,
        partitions,
        durability,
        retention,
        retentionBytes,
        maxMessageSize,
        DEFAULT_WILDCARD_FILTERS,
        PublishLimits.NONE);
  }

  /** The one that is there from the first start: logged, four partitions, seven days. */
  public static Namespace builtIn(String name) {
    return new Namespace(name, 1, 4, Durability.LOGGED, Duration.ofDays(7), UNBOUNDED, 1024 * 1024);
  }

  /**
   * The one of the platform's own events: logged, so that whoever acts on them misses none; one
   * partition, so that all are in one order.
   */
  public static Namespace ofThePlatform() {
    return new Namespace(
        TopicPattern.OWN_NAMESPACE,
        1,
        1,
        Durability.LOGGED,
        Duration.ofDays(7),
        UNBOUNDED,
        1024 * 1024);
  }

  /** Whether its messages are in a log, so that they have positions and a history. */
  public boolean isKept() {
    return durability != Durability.MEMORY;
  }
}
