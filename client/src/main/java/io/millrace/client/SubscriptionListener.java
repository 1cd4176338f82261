package io.millrace.client;

/**
 * Takes what a subscription tells. Called by one thread at a time, in the subscription's order;
 * nothing else of the client is read meanwhile, so a listener that waits holds up acknowledgements
 * and the other subscriptions ({@link MessageStream} does not). An exception that it throws is
 * logged, and the next message comes.
 */
@FunctionalInterface
public interface SubscriptionListener {
  void message(Message message);

  /** Messages are missing before the next one. */
  default void gap(Gap gap) {}

  /** All that was there has come; what comes now is live. May come more than once. */
  default void caughtUp() {}

  /**
   * It has begun, or gone on after the connection was lost.
   *
   * @param mayRepeat whether messages may come that came before: the position was of another log
   */
  default void started(boolean mayRepeat) {}

  /** Nothing comes any more: it was refused, or the server or the client has ended it. */
  default void ended(MillraceException reason) {}
}
