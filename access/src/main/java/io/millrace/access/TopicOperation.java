package io.millrace.access;

/** What somebody wants to do with topics. */
public enum TopicOperation {
  /** Write messages. */
  PUBLISH,
  /** Hear messages from now on. */
  SUBSCRIBE,
  /** Read messages that were published before. */
  HISTORY
}
