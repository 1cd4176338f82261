package io.millrace.expression;

import java.util.Locale;

/** What is known of a value before there is one; the names are CEL's. */
public sealed interface Type {
  /** The types without parts. */
  enum Scalar implements Type {
    BOOL,
    /** 64 bits with a sign. */
    INT,
    DOUBLE,
    STRING,
    /** {@code null_type}, which has one value. */
    NULL,
    /** Known only when there is a message. */
    DYN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@code list(element)}. */
  record ListOf(Type element) implements Type {
    @Override
    public String toString() {
      return "list(" + element + ")";
    }
  }

  /** {@code map(string, value)}. */
  record MapOf(Type value) implements Type {
    @Override
    public String toString() {
      return "map(string, " + value + ")";
    }
  }

  /** Whether it is {@code int} or {@code double}. */
  default boolean isNumber() {
    return equals(Scalar.INT) || equals(Scalar.DOUBLE);
  }

  /** Whether a value of one may be a value of the other: they are the same, or not known. */
  default boolean agreesWith(Type other) {
    if (equals(Scalar.DYN) || other.equals(Scalar.DYN)) {
      return true;
    }
    if (this instanceof ListOf(Type mine) && other instanceof ListOf(Type theirs)) {
      return mine.agreesWith(theirs);
    }
    if (this instanceof MapOf(Type mine) && other instanceof MapOf(Type theirs)) {
      return mine.agreesWith(theirs);
    }
    return equals(other);
  }

  /** What is known of a value that is one of the two. */
  default Type or(Type other) {
    return equals(other) ? this : Scalar.DYN;
  }
}
