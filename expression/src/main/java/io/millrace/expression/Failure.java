package io.millrace.expression;

/**
 * An error value: what an expression gives for a message for which it has no value. Operators and
 * functions pass it on; {@code &&}, {@code ||} and {@code ?:} go without the operand that has it
 * where the others decide.
 */
public enum Failure {
  /** A field, a key or an index that is not there. */
  ABSENT("no such field, key or index"),
  /** A variable to which the subject gives no value. */
  NO_VALUE("the variable has no value"),
  /** An operator or a function that is not defined for values of these types. */
  WRONG_TYPE("not defined for values of these types"),
  /** The payload is not JSON. */
  NOT_JSON("the payload is not JSON"),
  /** A payload beyond the limits of {@link Json}, or a text that would become too long. */
  TOO_LARGE("the payload or a text is too large"),
  /** An int beyond 64 bits. */
  OVERFLOW("the result does not fit into 64 bits"),
  DIVISION_BY_ZERO("an int was divided by zero"),
  /** A text that {@code int()} or {@code double()} does not take for a number. */
  NOT_A_NUMBER("the text is not a number");

  private final String words;

  Failure(String words) {
    this.words = words;
  }

  /** The reason, for a person. */
  public String words() {
    return words;
  }
}
