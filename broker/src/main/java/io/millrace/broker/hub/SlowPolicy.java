package io.millrace.broker.hub;

import java.util.Optional;

/** What happens to a subscription whose connection does not take what it is given. */
public enum SlowPolicy {
  /** Nothing is queued any more; it goes on from the log where it was, as soon as it can. */
  PAUSE,
  /** It goes on with the newest that fits, and is told what it has missed. */
  DROP_OLDEST,
  /** It is ended with a reason. */
  DISCONNECT;

  /** What a client is told that names another one. */
  public static final String WORDS = "policy is pause, drop-oldest or disconnect";

  /** What a client's word means; empty for none of them. */
  public static Optional<SlowPolicy> of(String word) {
    return switch (word) {
      case "pause" -> Optional.of(PAUSE);
      case "drop-oldest" -> Optional.of(DROP_OLDEST);
      case "disconnect" -> Optional.of(DISCONNECT);
      default -> Optional.empty();
    };
  }
}
