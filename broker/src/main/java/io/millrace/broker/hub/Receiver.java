package io.millrace.broker.hub;

/**
 * The connection behind one or more subscriptions, as a front door sees it. All methods are called
 * on the connection's event loop; a call may come from within a call to the {@link Subscription}.
 */
public interface Receiver {
  /**
   * Where the subscription begins is known; messages come from now on.
   *
   * @param mayRepeat whether messages may come that were had before: the position was of another
   *     log and only its time could be used
   */
  void started(Subscription subscription, boolean mayRepeat);

  /**
   * The next message.
   *
   * @param delivery to be used within this call only
   * @return false when there is no room for it: it comes again after {@link Subscription#resume},
   *     and none before that
   */
  boolean deliver(Subscription subscription, Delivery delivery);

  /** How many bytes there is room for now, about. */
  long room();

  /** Messages are missing; what comes next is behind them. Always taken. */
  void gap(Subscription subscription, Gap gap);

  /** All that was there has been delivered; what comes now is live. May come more than once. */
  void caughtUp(Subscription subscription);

  /**
   * Nothing comes any more.
   *
   * @param reason a sentence for people
   */
  void ended(Subscription subscription, EndReason reason, String message);

  /** A round of deliveries is over: write what was taken. */
  void flush();

  /** Why a subscription has ended by itself. */
  enum EndReason {
    /** It did not take its messages in time, and its policy is to end it then. */
    SLOW,
    /** Its namespace has changed; subscribing again works. */
    NAMESPACE_CHANGED,
    /** Its namespace was deleted: in one of the same name no position of before means anything. */
    NAMESPACE_DELETED,
    /** The log could not be read. */
    UNAVAILABLE
  }
}
