package io.millrace.broker.log;

/** Follows partitions as they grow. Thread-safe. */
public interface Tail extends AutoCloseable {
  /**
   * Follows one more partition.
   *
   * @param offset the first that is wanted; one that is not in the partition (any more) is told by
   *     {@link TailListener#jumped}, and the partition's start, or its end, is where it begins
   */
  void follow(PartitionRef partition, long offset);

  /** Follows a partition no more; a batch of it that is being handed over is the last one. */
  void leave(PartitionRef partition);

  /** Ends, when the listener has returned. */
  @Override
  void close();
}
