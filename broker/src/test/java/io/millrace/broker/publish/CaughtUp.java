package io.millrace.broker.publish;

import io.vertx.core.Future;

/** Everything that is in the log has been read. */
public final class CaughtUp implements Following {
  @Override
  public boolean isCaughtUp(int partition) {
    return true;
  }

  @Override
  public Future<Long> end(int partition) {
    return Future.succeededFuture(0L);
  }

  @Override
  public long read(int partition) {
    return 0;
  }
}
