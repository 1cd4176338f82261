package io.millrace.broker;

import io.millrace.broker.hub.OpenNamespace;
import io.millrace.broker.log.PartitionRef;
import io.millrace.broker.log.TopicLog;
import io.millrace.broker.log.TopicLog.Bounds;
import io.millrace.broker.publish.Following;
import io.vertx.core.Future;
import java.util.Set;

/** How far a node's tail has come in a namespace. */
final class Followed implements Following {
  private final TopicLog log;
  private final OpenNamespace namespace;
  private final Set<PartitionRef> behind;

  /**
   * @param behind what the tail has not caught up with yet
   */
  Followed(TopicLog log, OpenNamespace namespace, Set<PartitionRef> behind) {
    this.log = log;
    this.namespace = namespace;
    this.behind = behind;
  }

  @Override
  public boolean isCaughtUp(int partition) {
    return !behind.contains(namespace.ref(partition));
  }

  @Override
  public Future<Long> end(int partition) {
    return log.bounds(namespace.ref(partition)).map(Bounds::end);
  }

  @Override
  public long read(int partition) {
    return namespace.end(partition);
  }
}
