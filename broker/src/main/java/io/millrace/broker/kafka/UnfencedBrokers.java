package io.millrace.broker.kafka;

import io.millrace.broker.log.LogException;
import io.millrace.broker.log.LogException.Reason;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;

/**
 * Waits for brokers that Kafka has fenced. Whose heartbeats are late is none of the cluster's for a
 * moment, be it the only broker there is; on a busy machine that happens to one that is starting.
 */
final class UnfencedBrokers {
  private static final long POLL_MILLIS = 20;

  private final Duration patience;

  /**
   * @param patience how long one call waits
   */
  UnfencedBrokers(Duration patience) {
    this.patience = patience;
  }

  /** Asks the cluster. */
  interface Count {
    int now() throws InterruptedException, ExecutionException;
  }

  /** Does something that needs brokers, and may be done again. */
  interface Call {
    void run() throws InterruptedException, ExecutionException;
  }

  /**
   * How many there are, once there is any.
   *
   * @throws LogException {@link Reason#UNAVAILABLE} when there is none in time
   */
  int count(Count count) throws InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    int brokers = count.now();
    while (brokers == 0) {
      if (isOver(begun)) {
        throw new LogException(Reason.UNAVAILABLE, "no broker of the Kafka cluster is up");
      }
      Thread.sleep(POLL_MILLIS);
      brokers = count.now();
    }
    return brokers;
  }

  /** Does it again while too few brokers are there for as many replicas as had been counted. */
  void run(Call call) throws InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    while (true) {
      try {
        call.run();
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof InvalidReplicationFactorException) || isOver(begun)) {
          throw e;
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean isOver(long begun) {
    return System.nanoTime() - begun > patience.toNanos();
  }
}
