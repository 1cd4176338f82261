package io.millrace.broker.publish;

import io.millrace.broker.log.AppendResult;
import io.millrace.broker.log.LogException;
import io.millrace.broker.message.Publication;
import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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
   * @return why it has failed where that is known already, so that what follows it can be held to
   *     that before {@code done} hears of it; null where it is not
   */
  public @Nullable LogException publish(
      Publisher publisher, Publication publication, AppendResult done) {
    Result result = new Result(publisher, done);
    publisher.publish(publication, result);
    return result.failure;
  }

  private final class Result implements AppendResult {
    private final Publisher publisher;
    private final AppendResult done;

    /** What fails later may be seen or not. */
    private volatile @Nullable LogException failure;

    private Result(Publisher publisher, AppendResult done) {
      this.publisher = publisher;
      this.done = done;
    }

    @Override
    public void appended(int partition, long offset, long timestamp) {
      publisher.acknowledged(partition, offset);
      later(() -> done.appended(partition, offset, timestamp));
    }

    @Override
    public void failed(LogException reason) {
      failure = reason;
      later(() -> done.failed(reason));
    }
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
