package io.millrace.broker;

/**
 * What came of reading a text from outside: its value, or what is wrong with it. Refusals are
 * expected here, so they are values and never exceptions.
 */
public sealed interface Parsed<T> {
  /** The text says this. */
  record Value<T>(T value) implements Parsed<T> {}

  /**
   * The text says nothing that may be used.
   *
   * @param problem one sentence for the person who wrote it, without control characters and of
   *     bounded length
   */
  record Refused<T>(String problem) implements Parsed<T> {}
}
