package io.millrace.expression;

/**
 * A text that is no expression, or one that can't be true of any message; the message says where
 * and why.
 */
public final class ExpressionException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  /**
   * "{words} at {offset}{more}".
   *
   * @param more what follows the place, with its own punctuation; may be empty
   */
  public ExpressionException(int offset, String words, String more) {
    super(words + " at " + offset + more);
    this.offset = offset;
  }

  /** Where in the text, in UTF-16 units from 0; the text's length where something is missing. */
  public int offset() {
    return offset;
  }
}
