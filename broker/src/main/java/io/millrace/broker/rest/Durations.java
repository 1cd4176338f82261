package io.millrace.broker.rest;

import io.millrace.config.ValueText;

/** Times of an address's parameters, written as in the configuration. */
final class Durations {
  private Durations() {}

  /** Milliseconds; -1 where it is no time. */
  static long millis(String text) {
    try {
      return ValueText.parseDuration(text).toMillis();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return -1;
    }
  }
}
