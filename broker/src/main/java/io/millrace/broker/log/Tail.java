package io.millrace.broker.log;

/** Follows partitions as they grow. Thread-safe. */
public interface Tail extends AutoCloseable {
  /**
   * Follows one more partition.
   *
   * @param offset the first that is wanted; one below the partition's start begins at its start
   */
  void follow(PartitionRef partition, long offset);

  /** Follows a partition no more; a batch of it that is being handed over is the last one. */
  void leave(PartitionRef partition);

  /** Ends, when the listener has returned. */
  @Override
  void close();
}
