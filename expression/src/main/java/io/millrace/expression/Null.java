package io.millrace.expression;

/** The value {@code null} of the language and of JSON. A Java null is no value at all. */
public enum Null {
  NULL;

  @Override
  public String toString() {
    return "null";
  }
}
