package io.millrace.testkit.hls;

/** A broken rule: which one, where (a playlist's or segment's address), and what was seen there. */
public record Violation(Rule rule, String where, String seen) {
  @Override
  public String toString() {
    return rule + " (" + rule.words() + ") at " + where + ": " + seen;
  }
}
