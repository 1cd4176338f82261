package io.millrace.client;

import java.util.Optional;

/** A subscription, which lasts until it or its client is closed. Thread-safe. */
public interface Subscription extends AutoCloseable {
  Interest interest();

  /**
   * The position behind the last message that came, the one that is being handed over: with {@link
   * Start#after} another subscription to the same filter goes on there. Empty before the first one
   * where the namespace keeps nothing.
   */
  Optional<String> position();

  /** Whether nothing comes any more. */
  boolean isEnded();

  /** Unsubscribes; a message that is being handed over is the last. */
  @Override
  void close();
}
