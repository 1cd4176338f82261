package io.millrace.broker.publish;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Publication;
import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Publishes for the doors of one event loop and brings the results back to it, many with one task:
 * under load the log acknowledges in batches.
 */
public final class LoopPublisher {
  private final Context context;
  private final Queue<Runnable> results = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isAwake = new AtomicBoolean();

  public LoopPublisher(Context context) {
    this.context = context;
  }

  /**
   * As {@link Publisher#publish}.
   *
   * @param done called on the event loop, not within this call
   */
  public void publish(Publisher publisher, Publication publication, AppendResult done) {
    publisher.publish(
        publication,
        new AppendResult() {
          @Override
          public void appended(int partition, long offset, long timestamp) {
            publisher.acknowledged(partition, offset);
            later(() -> done.appended(partition, offset, timestamp));
          }

          @Override
          public void failed(LogException reason) {
            later(() -> done.failed(reason));
          }
        });
  }

  private void later(Runnable result) {
    results.add(result);
    if (isAwake.compareAndSet(false, true)) {
      context.runOnContext(ignored -> drain());
    }
  }

  private void drain() {
    isAwake.set(false);
    for (Runnable result = results.poll(); result != null; result = results.poll()) {
      result.run();
    }
  }
}
