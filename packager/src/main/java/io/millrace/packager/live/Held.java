package io.millrace.packager.live;

/** What came of waiting. */
public enum Held {
  /** There is something else to answer with than before. */
  CHANGED,
  /** It took too long. */
  LATE,
  /** Too many wait already. */
  REFUSED
}
