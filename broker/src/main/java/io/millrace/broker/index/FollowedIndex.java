package io.millrace.broker.index;

import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TailListener;
import io.millrace.broker.log.TopicLog.Bounds;
import io.vertx.core.Future;

/** An index that is kept up by the log's tail. */
public interface FollowedIndex extends TopicIndex, TailListener {
  /**
   * Gets ready for a partition's messages; where it is already, nothing changes. Any thread.
   *
   * @param bounds what the partition holds
   * @return the offset from which on the index needs the messages; on any thread
   */
  Future<Long> open(PartitionRef partition, Bounds bounds);

  /** A partition that the tail does not follow any more is gone for good. Any thread. */
  Future<Void> delete(PartitionRef partition);
}
