package io.millrace.app.cli;

import io.millrace.app.load.Measuring;
import io.millrace.app.load.Stamp;
import io.millrace.client.ConnectionListener;
import io.millrace.client.Interest;
import io.millrace.client.Message;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceException;
import io.millrace.client.SubscriptionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Many connections that subscribe to one filter, and what comes to them. */
final class BenchSubscribers implements AutoCloseable {
  private static final Duration OPENING = Duration.ofSeconds(30);
  private static final Duration SUBSCRIBING = Duration.ofSeconds(30);

  private final List<MillraceClient> clients = new ArrayList<>();

  /** Null until all are subscribed: what comes before does not count. */
  private volatile @Nullable Measuring measuring;

  /**
   * Opens connections; blocks until all are let in.
   *
   * @param atOnce how many of them are being opened at a time, so that the server is not measured
   *     at letting them in
   */
  static BenchSubscribers open(TopicOptions options, int atOnce, int count)
      throws InterruptedException {
    BenchSubscribers subscribers = new BenchSubscribers();
    try {
      subscribers.openAll(options, atOnce, count);
      return subscribers;
    } catch (RuntimeException | InterruptedException e) {
      subscribers.close();
      throw e;
    }
  }

  private void openAll(TopicOptions options, int atOnce, int count) throws InterruptedException {
    Semaphore opening = new Semaphore(atOnce);
    for (int i = 0; i < count; i++) {
      take(opening, 1, i);
      Connection connection = new Connection(opening);
      // The first one says what is wrong with the server or the credential.
      clients.add(
          i == 0
              ? options.connect(client -> client, connection)
              : options.open(client -> client.listener(connection)));
    }
    take(opening, atOnce, count);
  }

  private static void take(Semaphore opening, int places, int begun) throws InterruptedException {
    if (!opening.tryAcquire(places, OPENING.toSeconds(), TimeUnit.SECONDS)) {
      throw new UnavailableException(
          "not all of the first "
              + begun
              + " connections could be opened within "
              + OPENING.toSeconds()
              + " s");
    }
  }

  /**
   * Subscribes all of them, and measures from then on; blocks until all subscriptions have begun.
   */
  Measuring subscribe(String filter) throws InterruptedException {
    Deliveries deliveries = new Deliveries(clients.size());
    clients.forEach(client -> client.subscribe(Interest.in(filter), deliveries));
    deliveries.awaitStarted();
    Measuring begun = new Measuring();
    measuring = begun;
    return begun;
  }

  @Override
  public void close() {
    for (MillraceClient client : clients) {
      try {
        client.close();
      } catch (MillraceException e) {
        // It has ended already.
      }
    }
  }

  /** Gives its place to the next one when it has been let in; one that is lost later is counted. */
  private final class Connection implements ConnectionListener {
    private final Semaphore opening;
    private boolean isIn;

    private Connection(Semaphore opening) {
      this.opening = opening;
    }

    @Override
    public synchronized void connected(String principal) {
      if (!isIn) {
        isIn = true;
        opening.release();
      }
    }

    @Override
    public synchronized void disconnected(MillraceException reason) {
      Measuring begun = measuring;
      if (isIn && begun != null) {
        begun.failed();
      }
    }
  }

  /** Takes the messages of all. */
  private final class Deliveries implements SubscriptionListener {
    private final CountDownLatch waiting;
    private volatile @Nullable MillraceException refused;

    private Deliveries(int subscribers) {
      waiting = new CountDownLatch(subscribers);
    }

    private void awaitStarted() throws InterruptedException {
      boolean isStarted = waiting.await(SUBSCRIBING.toSeconds(), TimeUnit.SECONDS);
      MillraceException reason = refused;
      if (reason != null) {
        throw new CommandFailedException(reason.getMessage() + " (" + reason.code() + ")");
      }
      if (!isStarted) {
        throw new CommandFailedException(waiting.getCount() + " subscriptions have not begun");
      }
    }

    @Override
    public void started(boolean mayRepeat) {
      waiting.countDown();
    }

    @Override
    public void message(Message message) {
      Measuring begun = measuring;
      if (begun != null) {
        Stamp.read(message.payload()).ifPresentOrElse(begun::received, begun::received);
      }
    }

    @Override
    public void ended(MillraceException reason) {
      if (waiting.getCount() > 0) {
        refused = reason;
        waiting.countDown();
      }
    }
  }
}
