package io.millrace.expression;

import io.millrace.expression.Type.Scalar;
import io.millrace.expression.evaluation.Compiler;
import io.millrace.expression.evaluation.Step;
import io.millrace.expression.syntax.Checker;
import io.millrace.expression.syntax.Node;
import io.millrace.expression.syntax.Parser;
import io.millrace.expression.syntax.Printer;
import org.jspecify.annotations.Nullable;

/**
 * A condition, or another value, computed from one {@link Subject}: parsed once, evaluated often,
 * by any number of threads. The language is described in {@code docs/expressions.md}. Evaluating
 * never throws for what a message holds, never waits, and ends after a time that {@link #MAX_COST}
 * and {@link Json#MAX_BYTES} bound. Two are equal when they have the same {@link #toString() text}
 * of the same vocabulary.
 */
public final class Expression {
  /** How long a text may be, in UTF-16 units. */
  public static final int MAX_LENGTH = 4096;

  /** How many values, operators and calls it may have. */
  public static final int MAX_NODES = 1000;

  /** How deep they may be in one another. */
  public static final int MAX_DEPTH = 64;

  /**
   * How many units of work: one for each value, operator and call, and {@link #SCAN_COST} more for
   * each that may have to look at all of a message.
   */
  public static final int MAX_COST = 1000;

  /** See {@link #MAX_COST}. */
  public static final int SCAN_COST = 20;

  private final String text;
  private final Vocabulary vocabulary;
  private final Type type;
  private final Step step;

  private Expression(String text, Vocabulary vocabulary, Type type, Step step) {
    this.text = text;
    this.vocabulary = vocabulary;
    this.type = type;
    this.step = step;
  }

  /**
   * A filter over {@link Vocabulary#MESSAGE}.
   *
   * @throws ExpressionException where it can't be understood, can't be true or false, or is beyond
   *     a limit
   */
  public static Expression parse(String source) {
    return parse(source, Vocabulary.MESSAGE, Scalar.BOOL);
  }

  /**
   * An expression over other variables or of another type.
   *
   * @param wanted what it has to give; {@link Scalar#DYN} is anything
   * @throws ExpressionException where it can't be understood, can't give what is wanted, or is
   *     beyond a limit
   */
  public static Expression parse(String source, Vocabulary vocabulary, Type wanted) {
    Node node = Parser.parse(source);
    Type type = Checker.check(node, vocabulary, wanted);
    return new Expression(
        Printer.print(node), vocabulary, type, Compiler.compile(node, vocabulary, wanted));
  }

  /** Whether a subject has it; the same as {@link #evaluate} of a filter. */
  public Verdict test(Subject subject) {
    return step.evaluate(subject) instanceof Boolean matches
        ? matches ? Verdict.MATCH : Verdict.NO_MATCH
        : Verdict.ERROR;
  }

  /**
   * Its value: a {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@link Null},
   * {@link java.util.List} or {@link java.util.Map}; or a {@link Failure}. Nobody may change it.
   *
   * @throws IllegalArgumentException where the subject gives a variable a value of another type
   */
  public Object evaluate(Subject subject) {
    return step.evaluate(subject);
  }

  /** What is known of its value before there is one. */
  public Type type() {
    return type;
  }

  /** Its text in one form: spaces, quotes and brackets that change nothing are gone. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Expression that
        && text.equals(that.text)
        && vocabulary.equals(that.vocabulary)
        && type.equals(that.type);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
