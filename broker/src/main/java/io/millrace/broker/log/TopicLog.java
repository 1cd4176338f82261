package io.millrace.broker.log;

import io.millrace.broker.namespace.Namespace;
import io.vertx.core.Future;
import java.util.List;

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

  /**
   * Makes a namespace, or changes the settings of one (all but name and durability; more partitions
   * come with a higher generation).
   *
   * @return fails with {@link LogException}, whose message is fit for people, when the cluster
   *     refuses (fewer brokers than {@code REPLICATED} needs) or does not answer
   */
  Future<Void> put(Namespace namespace);

  /** Deletes a namespace and all that was published to it. */
  Future<Void> delete(String name);

  /**
   * Where messages of a namespace are appended; one for each namespace and generation.
   *
   * @param namespace kept, and as {@link #namespaces} or {@link #put} has told of it
   */
  Appender appender(Namespace namespace);

  /**
   * Follows partitions from the given offsets on, all in one order a partition, without an end.
   *
   * @param listener called on the tail's own thread
   */
  Tail tail(TailListener listener);

  /** Reads back. */
  HistoryReader history();

  /** Where a partition begins and ends now. */
  Future<Bounds> bounds(PartitionRef partition);

  /**
   * The first offset of a partition whose message is not older than a time, or its end.
   *
   * @param timeMillis since 1970 UTC
   */
  Future<Long> offsetAt(PartitionRef partition, long timeMillis);

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
