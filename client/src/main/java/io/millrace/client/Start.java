package io.millrace.client;

import java.time.Instant;

/** Where a subscription or a history begins. All but now need the capability {@code history}. */
public sealed interface Start {
  /** With what is published from now on. */
  record Now() implements Start {}

  /** With the last messages, of all matching topics together. */
  record Last(int count) implements Start {}

  /** With the messages that are not older. */
  record Since(Instant time) implements Start {}

  /** Behind a position: the last one that came, of the same filter. */
  record After(String position) implements Start {}

  static Start now() {
    return new Now();
  }

  static Start last(int count) {
    return new Last(count);
  }

  static Start since(Instant time) {
    return new Since(time);
  }

  static Start after(String position) {
    return new After(position);
  }
}
