package io.millrace.client;

/** What the server does when a subscription's messages are not taken. */
public enum SlowPolicy {
  /** Nothing is queued; it goes on from the log when there is room, without a gap. */
  PAUSE("pause"),
  /** It goes on with the newest, behind a {@link Gap}. */
  DROP_OLDEST("drop-oldest"),
  /** The subscription is ended with {@code too-slow}. */
  DISCONNECT("disconnect");

  private final String word;

  SlowPolicy(String word) {
    this.word = word;
  }

  /** As the protocol says it. */
  public String word() {
    return word;
  }
}
