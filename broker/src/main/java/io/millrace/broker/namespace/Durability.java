package io.millrace.broker.namespace;

import io.millrace.config.ValueText;

/** What the acknowledgement of a publish means in a namespace. */
public enum Durability {
  /** Delivered to who is subscribed now. Never written: no positions, no history. */
  MEMORY,
  /** In the log, in the operating system's page cache: survives the end of any process. */
  LOGGED,
  /** In the log and flushed to the disk: survives the loss of power. */
  SYNCED,
  /** In the log of at least two of three or more machines. */
  REPLICATED;

  /** As users write it. */
  public String word() {
    return ValueText.word(this);
  }
}
