package io.millrace.broker.kafka;

import io.millrace.broker.kafka.NamespaceRecord.State;
import io.millrace.broker.kafka.NamespaceRecords.Written;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.namespace.Namespace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What namespaces there are: their records and their Kafka topics, each step written down before it
 * is done, so that one that was interrupted can be done again. Blocks; for one thread.
 *
 * <pre>
 *   (none) ──put──> MAKING ──topics made──> READY ──delete──> DELETING ──topics deleted──> (none)
 * </pre>
 */
final class Namespaces {
  private final NamespaceRecords records;
  private final NamespaceTopics topics;

  Namespaces(NamespaceRecords records, NamespaceTopics topics) {
    this.records = records;
    this.topics = topics;
  }

  List<Namespace> list() {
    return records.read().values().stream()
        .filter(record -> record.state() == State.READY)
        .map(NamespaceRecord::namespace)
        .toList();
  }

  /** Whether a namespace is this, or where it is empty, whether there is none that is ready. */
  boolean is(String name, Optional<Namespace> expected) {
    return ready(records.read().get(name)).equals(expected);
  }

  private static Optional<Namespace> ready(@Nullable NamespaceRecord record) {
    return record != null && record.state() == State.READY
        ? Optional.of(record.namespace())
        : Optional.empty();
  }

  /** Whether somebody has begun to delete it, and it is not gone. */
  boolean isBeingDeleted(String name) {
    NamespaceRecord record = records.read().get(name);
    return record != null && record.state() == State.DELETING;
  }

  /**
   * Makes a namespace, or changes one.
   *
   * @param expected whether it is what the change is for, none where there is none that is ready
   * @return false where it is not, or another node has changed it in the same moment and was first:
   *     its change stays
   */
  boolean put(Namespace namespace, Predicate<Optional<Namespace>> expected)
      throws InterruptedException, ExecutionException {
    NamespaceRecord before = records.begin().get(namespace.name());
    if (!expected.test(ready(before))) {
      return false;
    }
    topics.check(namespace);
    if (before != null && before.state() == State.DELETING) {
      delete(namespace.name(), () -> {});
      before = null;
    }
    if (before != null && before.state() == State.READY) {
      change(before.namespace(), namespace);
    } else {
      make(before, namespace);
    }
    records.write(new NamespaceRecord(State.READY, namespace));
    return hasStayed(namespace.name());
  }

  /**
   * The list has no conditional write. So whoever finds that another node has written between what
   * it read and what it wrote takes its own change back; all nodes see the same order.
   */
  private boolean hasStayed(String name) throws InterruptedException, ExecutionException {
    List<Written> others = records.others(name);
    if (records.isBefore(others)) {
      return true;
    }
    NamespaceRecord theirs = others.getLast().record();
    if (theirs == null) {
      records.remove(name);
    } else if (theirs.state() == State.READY) {
      if (theirs.namespace().isKept()) {
        topics.alter(theirs.namespace());
      }
      records.write(theirs);
    }
    return false;
  }

  private void make(@Nullable NamespaceRecord begun, Namespace namespace)
      throws InterruptedException, ExecutionException {
    if (namespace.generation() != 1) {
      throw refused("a new namespace begins with generation 1");
    }
    if (namespace.isKept()) {
      if (begun == null && topics.exists(namespace)) {
        throw somebodyElses(namespace);
      }
      records.write(new NamespaceRecord(State.MAKING, namespace));
      topics.create(namespace);
      if (begun != null) {
        // What an earlier attempt has made may be for other settings.
        topics.alter(namespace);
      }
    }
  }

  /**
   * A new generation's topic that no record tells of, since this was cut short, is used: nothing
   * has been published to it. One that holds messages is somebody else's.
   */
  private void change(Namespace before, Namespace after)
      throws InterruptedException, ExecutionException {
    checkChange(before, after);
    if (after.isKept()) {
      if (after.generation() != before.generation()) {
        if (topics.holdsMessages(after)) {
          throw somebodyElses(after);
        }
        topics.create(after);
      }
      topics.alter(after);
    }
  }

  /**
   * Deletes a namespace.
   *
   * @param begun called when it is written down that the namespace goes
   */
  void delete(String name, Begun begun) throws InterruptedException, ExecutionException {
    NamespaceRecord before = records.read().get(name);
    if (before == null) {
      throw new LogException(Reason.NO_SUCH_NAMESPACE, "there is no namespace " + name);
    }
    records.write(new NamespaceRecord(State.DELETING, before.namespace()));
    begun.run();
    if (before.namespace().isKept()) {
      topics.delete(before.namespace());
    }
    records.remove(name);
  }

  /** What is done before the topics go. */
  interface Begun {
    void run() throws InterruptedException, ExecutionException;
  }

  private static void checkChange(Namespace before, Namespace after) {
    if (before.durability() != after.durability()) {
      throw refused(
          "the durability of a namespace cannot be changed; make another one, or delete this one");
    }
    boolean isSame = after.generation() == before.generation();
    if (isSame && after.partitions() != before.partitions()) {
      throw refused("another number of partitions needs a new generation");
    }
    if (!isSame && after.generation() != before.generation() + 1) {
      throw refused(
          "the namespace is at generation "
              + before.generation()
              + ", so the next is "
              + (before.generation() + 1));
    }
  }

  private static LogException somebodyElses(Namespace namespace) {
    return refused(
        "the cluster has a topic of the name of "
            + namespace.name()
            + " that is somebody else's; choose another name, or set broker.kafka.topicPrefix");
  }

  private static LogException refused(String words) {
    return new LogException(Reason.REFUSED, words);
  }
}
