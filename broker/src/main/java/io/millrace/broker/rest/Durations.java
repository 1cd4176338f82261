package io.millrace.broker.rest;

import io.millrace.config.ConfigSection;

/** Times of an address's parameters, written as in the configuration. */
final class Durations {
  private Durations() {}

  /** Milliseconds; -1 where it is no time. */
  static long millis(String text) {
    try {
      return ConfigSection.parseDuration(text).toMillis();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return -1;
    }
  }
}
