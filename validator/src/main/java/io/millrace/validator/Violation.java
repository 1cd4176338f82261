package io.millrace.validator;

/** A broken rule: which one, where, and what was seen there. */
public record Violation(Rule rule, Place place, String seen) {
  /** About a resource as a whole. */
  public Violation(Rule rule, String address, String seen) {
    this(rule, Place.of(address), seen);
  }

  /** The same, seen in one version of a playlist. */
  public Violation inVersion(int number) {
    return new Violation(rule, place.inVersion(number), seen);
  }

  @Override
  public String toString() {
    return rule.id() + " (" + rule.words() + ") at " + place + ": " + seen;
  }
}
