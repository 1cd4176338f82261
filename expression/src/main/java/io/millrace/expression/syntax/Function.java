package io.millrace.expression.syntax;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Everything that can be called, but for {@code has}, which looks at a name and not at a value. */
public enum Function {
  SIZE("size", 1, true, true),
  STARTS_WITH("startsWith", 2, true, false),
  ENDS_WITH("endsWith", 2, true, false),
  CONTAINS("contains", 2, true, false),
  INT("int", 1, false, true),
  DOUBLE("double", 1, false, true);

  /** The names of all, and {@code has}: what a wrong one is compared with. */
  static final List<String> NAMES =
      List.of("size", "has", "startsWith", "endsWith", "contains", "int", "double");

  private final String word;
  private final int arguments;
  private final boolean member;
  private final boolean global;

  Function(String word, int arguments, boolean member, boolean global) {
    this.word = word;
    this.arguments = arguments;
    this.member = member;
    this.global = global;
  }

  /** How it is written. */
  public String word() {
    return word;
  }

  /** How many it takes, with what stands before the dot. */
  int arguments() {
    return arguments;
  }

  /** Whether it can be called as {@code value.f()}. */
  boolean isMember() {
    return member;
  }

  /** Whether it can be called as {@code f(value)}. */
  boolean isGlobal() {
    return global;
  }

  static Optional<Function> named(String word) {
    return Arrays.stream(values()).filter(f -> f.word.equals(word)).findFirst();
  }
}
