package io.millrace.broker.hub;

/** What happens to a subscription whose connection does not take what it is given. */
public enum SlowPolicy {
  /** Nothing is queued any more; it goes on from the log where it was, as soon as it can. */
  PAUSE,
  /** It goes on with the newest that fits, and is told what it has missed. */
  DROP_OLDEST,
  /** It is ended with a reason. */
  DISCONNECT
}
