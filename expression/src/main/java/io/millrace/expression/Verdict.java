package io.millrace.expression;

/** What a filter says of one message. */
public enum Verdict {
  MATCH,
  NO_MATCH,
  /** Treated as {@link #NO_MATCH}, and worth counting: {@link Expression#evaluate} says why. */
  ERROR
}
