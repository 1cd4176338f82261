package io.millrace.broker.kafka;

import io.millrace.broker.kafka.NamespaceRecord.State;
import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import io.millrace.broker.namespace.Namespace;
import java.util.List;
import java.util.concurrent.ExecutionException;
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

  void put(Namespace namespace) throws InterruptedException, ExecutionException {
    topics.check(namespace);
    NamespaceRecord before = records.read().get(namespace.name());
    if (before != null && before.state() == State.DELETING) {
      delete(namespace.name());
      before = null;
    }
    if (before != null && before.state() == State.READY) {
      change(before.namespace(), namespace);
    } else {
      make(before, namespace);
    }
    records.write(new NamespaceRecord(State.READY, namespace));
  }

  private void make(@Nullable NamespaceRecord begun, Namespace namespace)
      throws InterruptedException, ExecutionException {
    if (namespace.generation() != 1) {
      throw refused("a new namespace begins with generation 1");
    }
    if (namespace.isKept()) {
      if (begun == null && topics.exists(namespace)) {
        throw refused(
            "the cluster has a topic of the name of "
                + namespace.name()
                + " that is somebody else's; choose another name, or set"
                + " broker.kafka.topicPrefix");
      }
      records.write(new NamespaceRecord(State.MAKING, namespace));
      topics.create(namespace);
    }
  }

  /** A new generation's topic that no record tells of, since this was cut short, is used. */
  private void change(Namespace before, Namespace after)
      throws InterruptedException, ExecutionException {
    checkChange(before, after);
    if (after.isKept()) {
      if (after.generation() != before.generation()) {
        topics.create(after);
      }
      topics.alter(after);
    }
  }

  void delete(String name) throws InterruptedException, ExecutionException {
    NamespaceRecord before = records.read().get(name);
    if (before == null) {
      throw new LogException(Reason.NO_SUCH_NAMESPACE, "there is no namespace " + name);
    }
    records.write(new NamespaceRecord(State.DELETING, before.namespace()));
    if (before.namespace().isKept()) {
      topics.delete(before.namespace());
    }
    records.remove(name);
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

  private static LogException refused(String words) {
    return new LogException(Reason.REFUSED, words);
  }
}
