package io.millrace.broker.log;

import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The log of all namespaces: one cluster. Everything here is asynchronous and may be called on any
 * thread; futures complete on the context that asked.
 */
public interface TopicLog {
  /** What tells this cluster from any other; stable over restarts. */
  String clusterId();

  /**
   * All namespaces that the log knows; those of other programs on the cluster are not among them.
   */
  Future<List<Namespace>> namespaces();

  /** As {@link #namespaces}, with those that the log cannot serve now. */
  Future<List<Namespace>> known();

  /**
   * Makes a namespace, or changes the settings of one (all but name and durability; more partitions
   * come with a higher generation).
   *
   * @return fails with {@link LogException}, whose message is fit for people, when the cluster
   *     refuses (fewer brokers than {@code REPLICATED} needs) or does not answer
   */
  Future<Void> put(Namespace namespace);

  /**
   * As {@link #put(Namespace)}, where it is still what the change was made for.
   *
   * @param before what the namespace is; empty where there is none
   * @return false when it is something else by now, and has been left as it is
   */
  Future<Boolean> put(Namespace namespace, Optional<Namespace> before);

  /**
   * As {@link #delete(String)}, where it is still what is to be deleted.
   *
   * @return false when it is something else by now, and has been left as it is
   */
  Future<Boolean> delete(Namespace before);

  /**
   * Goes on with a deletion that was begun on any node and has not come to its end; what is being
   * deleted is not {@link #known} any more.
   *
   * @return false where there is none of this name; fails as {@link #delete(String)}
   */
  Future<Boolean> finishDeleting(String name);

  /** Deletes a namespace and all that was published to it. */
  Future<Void> delete(String name);

  /**
   * Where messages of a namespace are appended; one for each namespace and generation.
   *
   * @param namespace kept, and as {@link #namespaces} or {@link #put} has told of it
   */
  Appender appender(Namespace namespace);

  /**
   * What is kept beside a namespace's log.
   *
   * @param namespace kept, and as {@link #namespaces} or {@link #put} has told of it
   */
  Future<Companion> companion(Namespace namespace);

  /**
   * Follows partitions from the given offsets on, all in one order a partition, without an end.
   *
   * @param listener called on the tail's own thread
   */
  Tail tail(TailListener listener);

  /** Reads back. */
  HistoryReader history();

  /**
   * A log that a namespace has, or had before its partitions grew; retention empties that in time.
   *
   * @param number 1 to the namespace's own generation
   * @return empty where it is not there any more
   */
  Future<Optional<Generation>> generation(Namespace namespace, int number);

  /** Where a partition begins and ends now. */
  Future<Bounds> bounds(PartitionRef partition);

  /** How much of the disk a partition takes now, in bytes. */
  Future<Long> size(PartitionRef partition);

  /**
   * Tells of every namespace that any node makes, changes or deletes from now on, in their order.
   * What is made can be published to at once.
   *
   * @param changed gets the name, and the settings, none where it was deleted; on a thread of the
   *     log, which it holds back
   * @return when it has begun
   */
  Future<Void> followNamespaces(BiConsumer<String, Optional<Namespace>> changed);

  /**
   * The first offset of a partition whose message is not older than a time, or its end.
   *
   * @param timeMillis since 1970 UTC
   */
  Future<Long> offsetAt(PartitionRef partition, long timeMillis);

  /**
   * Opens a table of this cluster, which is made where there is none. It is to be opened once in a
   * node.
   *
   * @param name {@code [a-z0-9-]+}
   * @param partitions of one that is made; one that is there keeps its own
   * @return when what was in the log has been read; fails with {@link LogException}
   */
  Future<Table> table(String name, int partitions);

  /** Waits for what is under way, at most some seconds, then lets everything go. */
  Future<Void> close();

  /**
   * What a partition holds.
   *
   * @param start the first offset that is still kept
   * @param end the offset that the next message gets
   */
  record Bounds(long start, long end) {}
}
