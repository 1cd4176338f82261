package io.millrace.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose messages are taken when there is time for them. Thread-safe.
 *
 * <p>At most 1,000 messages and about 8 MiB wait here. Beyond that the client unsubscribes, and
 * subscribes again behind the last one when half of them were taken, so a stream that is not read
 * holds up nobody and loses nothing (where the namespace keeps nothing, or the credential may not
 * read history, a {@link Gap} says that messages are missing).
 */
public final class MessageStream implements AutoCloseable {
  private static final int MOST_EVENTS = 1000;
  private static final long MOST_BYTES = 8 << 20;
  private static final int BYTES_OF_AN_EVENT = 200;

  /** What waits; the last thing in it is the reason of its end. */
  private sealed interface Waiting {
    record Of(Event event) implements Waiting {}

    record End(MillraceException reason) implements Waiting {}
  }

  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final Session session;
  private final LiveSubscription subscription;

  /** Whether the server was told to send no more; guarded by this. */
  private boolean isPaused;

  MessageStream(Session session, Interest interest) {
    this.session = session;
    synchronized (this) {
      // Messages may come before this has returned.
      this.subscription = session.subscribe(interest, new Filling());
    }
  }

  /** The subscription, for its position and interest. */
  public Subscription subscription() {
    return subscription;
  }

  /**
   * The next event, waiting for it.
   *
   * @return empty when none came in time
   * @throws MillraceException when the subscription has ended and everything was taken
   */
  public Optional<Event> next(Duration timeout) throws InterruptedException {
    return Optional.ofNullable(event(waiting.poll(timeout.toNanos(), TimeUnit.NANOSECONDS)));
  }

  /**
   * The next message, waiting for it; gaps and the like are passed over.
   *
   * @throws MillraceException when the subscription has ended and everything was taken
   */
  public Message take() throws InterruptedException {
    while (true) {
      if (event(waiting.take()) instanceof Message message) {
        return message;
      }
    }
  }

  private @Nullable Event event(@Nullable Waiting taken) {
    return switch (taken) {
      case null -> null;
      case Waiting.End end -> {
        // For whoever asks next.
        waiting.add(end);
        throw end.reason();
      }
      case Waiting.Of(Event event) -> {
        bytes.addAndGet(-size(event));
        resumeWhereThereIsRoom();
        yield event;
      }
    };
  }

  private synchronized void resumeWhereThereIsRoom() {
    if (isPaused && waiting.size() <= MOST_EVENTS / 2 && bytes.get() <= MOST_BYTES / 2) {
      isPaused = false;
      session.resume(subscription);
    }
  }

  private synchronized void pauseWhereThereIsNone() {
    if (!isPaused && (waiting.size() >= MOST_EVENTS || bytes.get() >= MOST_BYTES)) {
      isPaused = true;
      session.pause(subscription);
    }
  }

  private static int size(Event event) {
    return BYTES_OF_AN_EVENT + (event instanceof Message message ? message.payload().length : 0);
  }

  /** Unsubscribes; what waits can still be taken. */
  @Override
  public void close() {
    subscription.close();
    waiting.add(
        new Waiting.End(new MillraceException(MillraceException.CLOSED, "the stream was closed")));
  }

  private final class Filling implements SubscriptionListener {
    private void add(Event event) {
      bytes.addAndGet(size(event));
      waiting.add(new Waiting.Of(event));
    }

    @Override
    public void message(Message message) {
      add(message);
      pauseWhereThereIsNone();
    }

    @Override
    public void gap(Gap gap) {
      add(gap);
    }

    @Override
    public void caughtUp() {
      add(new Event.CaughtUp());
    }

    @Override
    public void ended(MillraceException reason) {
      waiting.add(new Waiting.End(reason));
    }
  }
}
