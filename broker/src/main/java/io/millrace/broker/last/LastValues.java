package io.millrace.broker.last;

import io.millrace.broker.index.TopicIndex;
import io.millrace.broker.log.Appender;
import io.millrace.broker.log.Companion;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A namespace's companion as this node knows it: its records go to {@link Retained} as the tail
 * brings them, and are found again by the index, which follows it like any other log, so that last
 * values take no memory. Thread-safe.
 */
public final class LastValues {
  /** Where the index is vague, no more records than this are read for one value. */
  private static final int MOST_READS = 64;

  /**
   * What is known of a topic's last value.
   *
   * @param value the last that was found
   * @param isKnown whether there is no later one, and where there is no value, none at all
   */
  public record Known(Optional<LastRecord> value, boolean isKnown) {}

  private record Partition(int generation, int number) {}

  private final String namespace;
  private final TopicLog log;
  private final TopicIndex index;
  private final Retained retained;
  private final List<PartitionRef> refs;
  private final Set<PartitionRef> behind = ConcurrentHashMap.newKeySet();

  /** Up to which offset last values have been copied, by anybody. */
  private final Map<Partition, Long> copied = new ConcurrentHashMap<>();

  private volatile Appender appender;

  public LastValues(
      String namespace, Companion companion, TopicLog log, TopicIndex index, Retained retained) {
    this.namespace = namespace;
    this.log = log;
    this.index = index;
    this.retained = retained;
    this.appender = companion.appender();
    this.refs =
        IntStream.range(0, companion.partitions())
            .mapToObj(partition -> PartitionRef.ofCompanion(namespace, partition))
            .toList();
    behind.addAll(refs);
  }

  /** The companion's partitions, which the tail is to follow from their starts. */
  public List<PartitionRef> refs() {
    return refs;
  }

  public Retained retained() {
    return retained;
  }

  /** The companion is appended to otherwise from now on: the namespace has other settings. */
  public void appendTo(Appender changed) {
    appender = changed;
    retained.appendTo(changed);
  }

  Appender appender() {
    return appender;
  }

  /** What the tail reads of the companion. */
  public void messages(List<Message> stored) {
    for (Message message : stored) {
      LastRecord.Copied until = LastRecord.Copied.of(message);
      if (until != null) {
        copied.merge(
            new Partition(until.generation(), until.partition()), until.until(), Math::max);
        continue;
      }
      LastRecord record = LastRecord.of(message);
      if (record != null && record.isRetained()) {
        retained.saved(record);
      }
    }
  }

  /** The tail has read what was in one of the companion's partitions. */
  public void caughtUp(PartitionRef partition) {
    behind.remove(partition);
    if (behind.isEmpty()) {
      retained.caughtUp();
    }
  }

  boolean isCaughtUp() {
    return behind.isEmpty();
  }

  /** Up to where last values of a partition are in the companion; 0 where nobody has said so. */
  long copiedUntil(int generation, int partition) {
    return copied.getOrDefault(new Partition(generation, partition), 0L);
  }

  /** Whether the companion has a last value of a topic, of whatever age, or may have. */
  boolean hasAny(String path) {
    PartitionRef ref = PartitionRef.ofCompanion(namespace, appender.partitionOf(path));
    return index.start(ref) != TopicIndex.NONE && index.last(ref, path, 1) != TopicIndex.NONE;
  }

  /**
   * Whether all last values have been copied that retention has taken.
   *
   * @param start where the log begins now
   */
  public boolean isComplete(PartitionRef ref, long start) {
    return copiedUntil(ref.generation(), ref.partition()) >= start;
  }

  /**
   * The last value of a topic that retention has taken from the log, or is about to take. Where the
   * log has any message of the topic, that is a later one.
   */
  public Future<Known> of(String path) {
    // First this: what has been read by then the index knows.
    boolean isCaughtUp = isCaughtUp();
    PartitionRef ref = PartitionRef.ofCompanion(namespace, appender.partitionOf(path));
    long at = index.start(ref) == TopicIndex.NONE ? TopicIndex.NONE : index.last(ref, path, 1);
    return at == TopicIndex.NONE
        ? Future.succeededFuture(new Known(Optional.empty(), isCaughtUp))
        : look(ref, path, at, Optional.empty(), 1)
            .map(found -> new Known(found.value, found.isKnown && isCaughtUp));
  }

  /**
   * Whether retention is known to have taken nothing of a topic between two offsets: it has taken
   * no more than what was copied, and what was copied of the topic is older.
   *
   * @param path of which the log has no message now
   * @param from the offset that a reader wants
   * @param start where the log begins now
   */
  public Future<Boolean> isNothingMissing(PartitionRef ref, String path, long from, long start) {
    return isNothingMissing(
        ref,
        path,
        start,
        value -> value.generation() >= ref.generation() && value.message().offset() >= from);
  }

  /** As above, of what was published at a time or later. */
  public Future<Boolean> isNothingMissingSince(
      PartitionRef ref, String path, long timeMillis, long start) {
    return isNothingMissing(ref, path, start, value -> value.message().timestamp() >= timeMillis);
  }

  private Future<Boolean> isNothingMissing(
      PartitionRef ref, String path, long start, Predicate<LastRecord> isWanted) {
    return !isComplete(ref, start)
        ? Future.succeededFuture(false)
        : of(path).map(last -> last.isKnown && last.value.filter(isWanted).isEmpty());
  }

  private Future<Known> look(
      PartitionRef ref, String path, long at, Optional<LastRecord> before, int reads) {
    return log.history()
        .read(ref, at, 1)
        .compose(
            slice -> {
              Optional<LastRecord> found = before;
              for (Message message : slice.messages()) {
                LastRecord record = message.path().equals(path) ? LastRecord.of(message) : null;
                found = record == null ? found : Optional.of(record);
              }
              long next = index.next(ref, path, Math.max(slice.next(), at + 1));
              boolean isKnown = slice.next() <= at || next >= index.end(ref);
              return isKnown || reads == MOST_READS
                  ? Future.succeededFuture(new Known(found, isKnown))
                  : look(ref, path, next, found, reads + 1);
            });
  }
}
