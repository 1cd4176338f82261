package io.millrace.broker.door;

/** What came of something that a client asked for. */
public sealed interface Answer<T> {
  /** It has it. */
  record Given<T>(T value) implements Answer<T> {}

  /** It has not. */
  record Refused<T>(Refusal refusal) implements Answer<T> {
    public Refused(Refusal.Code code, String message) {
      this(new Refusal(code, message));
    }
  }
}
