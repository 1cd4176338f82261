package io.millrace.broker.index;

import io.millrace.broker.log.MemoryTopicLog;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.message.Message;
import io.vertx.core.Future;
import java.util.List;

/** Knows without following what a log in memory holds. */
public final class ScannedFollowedIndex extends ScannedIndex implements FollowedIndex {
  public ScannedFollowedIndex(MemoryTopicLog log) {
    super(log);
  }

  @Override
  public Future<Long> open(PartitionRef partition, Bounds bounds) {
    return Future.succeededFuture(end(partition));
  }

  @Override
  public Future<Void> delete(PartitionRef partition) {
    return Future.succeededFuture();
  }

  @Override
  public void messages(PartitionRef partition, List<Message> messages) {}

  @Override
  public void jumped(PartitionRef partition, long from, long to) {}

  @Override
  public void caughtUp(PartitionRef partition) {}
}
