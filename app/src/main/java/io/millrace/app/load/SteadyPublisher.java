package io.millrace.app.load;

import io.millrace.client.MillraceClient;
import io.millrace.client.Publication;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Publishes at a rate that nothing slows down on purpose: each message has the time at which it was
 * meant to be sent, also when the one before held it up.
 *
 * @param rate messages a second; 0 for as many as are acknowledged
 * @param bytes of each payload
 */
public record SteadyPublisher(String topic, double rate, int bytes, Duration duration) {
  /** How much longer than its duration it goes on, and how long each message may take. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Publishes; blocks for the duration and until all is acknowledged or has failed, where the
   * client has {@link #PATIENCE} for each message, twice that longer at most. What could not be
   * sent by then has failed too.
   *
   * @param acknowledged hears the intended time of each message
   */
  public void run(MillraceClient client, LongConsumer acknowledged, Runnable failed)
      throws InterruptedException {
    // Not the client's flush: that may be told before those who published have heard.
    Unanswered unanswered = new Unanswered();
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    for (long number = 0; ; number++) {
      long intended = rate > 0 ? start + Math.round(number / rate * 1e9) : System.nanoTime();
      if (intended >= end) {
        break;
      }
      long wait = intended - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      if (System.nanoTime() - end > PATIENCE.toNanos()) {
        failed.run();
        continue;
      }
      long micros = Stamp.at(intended);
      unanswered.add();
      var _ =
          client
              .publish(Publication.bytes(topic, Stamp.payload(micros, bytes)))
              .whenComplete(
                  (published, failure) -> {
                    if (failure == null) {
                      acknowledged.accept(micros);
                    } else {
                      failed.run();
                    }
                    unanswered.answered();
                  });
    }
    unanswered.await();
  }

  /** How many have no answer yet. Thread-safe. */
  private static final class Unanswered {
    private long count;

    private synchronized void add() {
      count++;
    }

    private synchronized void answered() {
      count--;
      notifyAll();
    }

    private synchronized void await() throws InterruptedException {
      while (count > 0) {
        wait();
      }
    }
  }
}
