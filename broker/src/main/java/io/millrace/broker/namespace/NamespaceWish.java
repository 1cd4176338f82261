package io.millrace.broker.namespace;

import io.millrace.access.PublishLimits;
import io.millrace.broker.Parsed;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What somebody wants of a namespace. What is left out stays as it is, or has its default where the
 * namespace is new.
 *
 * @param retentionBytes {@link Namespace#UNBOUNDED} for no limit
 * @param messagesPerSecond {@link PublishLimits#UNLIMITED} for no limit
 * @param bytesPerSecond the same
 */
public record NamespaceWish(
    Optional<Integer> partitions,
    Optional<Durability> durability,
    Optional<Duration> retention,
    Optional<Long> retentionBytes,
    Optional<Integer> maxMessageSize,
    Optional<Integer> maxWildcardFilters,
    Optional<Long> messagesPerSecond,
    Optional<Long> bytesPerSecond) {
  /** All is left out. */
  public static final NamespaceWish NONE =
      new NamespaceWish(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private static final Duration LEAST_RETENTION = Duration.ofSeconds(1);
  private static final Duration MOST_RETENTION = Duration.ofDays(36_525);
  private static final long LEAST_RETENTION_BYTES = 1 << 20;

  /** This one, with the default in the place of what it leaves out. */
  public NamespaceWish whole() {
    Namespace defaults = Namespace.builtIn("default");
    return new NamespaceWish(
        Optional.of(partitions.orElse(defaults.partitions())),
        Optional.of(durability.orElse(defaults.durability())),
        Optional.of(retention.orElse(defaults.retention())),
        Optional.of(retentionBytes.orElse(defaults.retentionBytes())),
        Optional.of(maxMessageSize.orElse(defaults.maxMessageSize())),
        Optional.of(maxWildcardFilters.orElse(defaults.maxWildcardFilters())),
        Optional.of(messagesPerSecond.orElse(PublishLimits.UNLIMITED)),
        Optional.of(bytesPerSecond.orElse(PublishLimits.UNLIMITED)));
  }

  public NamespaceWish withPartitions(int count) {
    return new NamespaceWish(
        Optional.of(count),
        durability,
        retention,
        retentionBytes,
        maxMessageSize,
        maxWildcardFilters,
        messagesPerSecond,
        bytesPerSecond);
  }

  /**
   * Says what no namespace can have.
   *
   * @param problems takes the name of a component and what is wrong with it, in words for the user
   */
  public void check(BiConsumer<String, String> problems) {
    partitions
        .filter(count -> count < 1 || count > Namespace.MOST_PARTITIONS)
        .ifPresent(
            count ->
                problems.accept(
                    "partitions", "is not a number from 1 to " + Namespace.MOST_PARTITIONS));
    retention
        .filter(time -> time.compareTo(LEAST_RETENTION) < 0 || time.compareTo(MOST_RETENTION) > 0)
        .ifPresent(time -> problems.accept("retention", "is not from one second to a century"));
    retentionBytes
        .filter(bytes -> bytes != Namespace.UNBOUNDED && bytes < LEAST_RETENTION_BYTES)
        .ifPresent(bytes -> problems.accept("retentionBytes", "must be at least 1 MiB"));
    maxMessageSize
        .filter(bytes -> bytes < 1 || bytes > Namespace.LONGEST_MESSAGE)
        .ifPresent(bytes -> problems.accept("maxMessageSize", "is not from 1 byte to 8 MiB"));
    maxWildcardFilters
        .filter(count -> count < 0 || count > Namespace.MOST_WILDCARD_FILTERS)
        .ifPresent(
            count ->
                problems.accept(
                    "maxWildcardFilters",
                    "is not a number from 0 to " + Namespace.MOST_WILDCARD_FILTERS));
    checkRate("messagesPerSecond", messagesPerSecond, problems);
    checkRate("bytesPerSecond", bytesPerSecond, problems);
  }

  private static void checkRate(
      String name, Optional<Long> rate, BiConsumer<String, String> problems) {
    rate.filter(
            limit -> limit != PublishLimits.UNLIMITED && (limit < 1 || limit > PublishLimits.MOST))
        .ifPresent(
            limit -> problems.accept(name, "is not a number from 1 to " + PublishLimits.MOST));
  }

  /**
   * The namespace that this makes of what is there. More partitions are a new generation of its
   * log, since a topic's partition depends on their number.
   *
   * @param before empty where it is new
   * @return refused with the reason where it cannot become that
   */
  public Parsed<Namespace> on(String name, Optional<Namespace> before) {
    Namespace there = before.orElseGet(() -> Namespace.builtIn(name));
    int wanted = partitions.orElse(there.partitions());
    if (before.isPresent() && wanted < there.partitions()) {
      return new Parsed.Refused<>(
          "the namespace "
              + name
              + " has "
              + there.partitions()
              + " partitions, and they only grow; make another namespace for fewer");
    }
    if (before.isPresent() && durability.orElse(there.durability()) != there.durability()) {
      return new Parsed.Refused<>(
          "the namespace "
              + name
              + " is "
              + there.durability().word()
              + ", and that cannot be changed; make another namespace, or delete this one");
    }
    boolean grows = before.isPresent() && wanted > there.partitions();
    return new Parsed.Value<>(
        new Namespace(
            name,
            grows ? there.generation() + 1 : there.generation(),
            wanted,
            durability.orElse(there.durability()),
            retention.orElse(there.retention()),
            retentionBytes.orElse(there.retentionBytes()),
            maxMessageSize.orElse(there.maxMessageSize()),
            maxWildcardFilters.orElse(there.maxWildcardFilters()),
            new PublishLimits(
                messagesPerSecond.orElse(there.publishLimits().messagesPerSecond()),
                bytesPerSecond.orElse(there.publishLimits().bytesPerSecond()))));
  }
}
