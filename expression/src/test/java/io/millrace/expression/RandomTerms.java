package io.millrace.expression;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Expressions most of which pass the check of types, and which often have a value. */
record RandomTerms(RandomGenerator random, RandomMessages values) {
  RandomTerms(RandomGenerator random) {
    this(random, new RandomMessages(random));
  }

  /** What is true or false. */
  Term condition(int depth) {
    if (depth <= 0) {
      return one(
          Term.literal(random.nextBoolean()),
          path(),
          Term.of("==", path(), Term.literal(values.text())));
    }
    int below = depth - 1;
    return switch (random.nextInt(14)) {
      case 0, 1 -> new Term("&&", "", conditions(below));
      case 2, 3 -> new Term("||", "", conditions(below));
      case 4 -> Term.of("!", condition(below));
      case 5 -> Term.of("?:", condition(below), condition(below), condition(below));
      case 6 -> Term.of(oneOf("==", "!="), any(below), path());
      case 7 -> Term.of(oneOf("==", "!="), path(), any(below));
      case 8 -> Term.of(oneOf("<", "<=", ">", ">="), number(below), number(below));
      case 9 -> Term.of(oneOf("<", "<=", ">", ">="), text(below), text(below));
      case 10 -> Term.of(oneOf("startsWith", "endsWith", "contains"), text(below), text(below));
      case 11 -> Term.of("in", any(below), one(list(below), path()));
      case 12 -> Term.of("in", text(below), one(variable("headers"), path()));
      default -> new Term("has", name(), List.of(one(path(), variable("headers"))));
    };
  }

  /** Of any type. */
  Term any(int depth) {
    return switch (random.nextInt(6)) {
      case 0 -> condition(depth);
      case 1 -> number(depth);
      case 2 -> text(depth);
      case 3 -> list(depth);
      case 4 -> Term.literal(Null.NULL);
      default -> path();
    };
  }

  private List<Term> conditions(int depth) {
    return Stream.generate(() -> condition(depth)).limit(2 + random.nextInt(3)).toList();
  }

  private Term number(int depth) {
    if (depth <= 0) {
      return one(Term.literal(values.number()), path(), variable("time"));
    }
    int below = depth - 1;
    return switch (random.nextInt(8)) {
      case 0 -> Term.of("neg", number(below));
      case 1 -> Term.of("size", one(text(below), list(below), path()));
      case 2 -> Term.of("int", one(number(below), text(below)));
      case 3 -> Term.of("double", one(number(below), text(below)));
      case 4 -> Term.of("?:", condition(below), number(below), number(below));
      case 5 -> path();
      default -> Term.of(oneOf("+", "-", "*", "/", "%"), number(below), one(number(below), path()));
    };
  }

  private Term text(int depth) {
    if (depth <= 0) {
      return one(
          Term.literal(values.text()), path(), variable(oneOf("topic", "id", "contentType")));
    }
    return switch (random.nextInt(5)) {
      case 0 -> Term.of("+", text(depth - 1), text(depth - 1));
      case 1 -> Term.of("index", variable("headers"), Term.literal(oneOf("a", "ce-type", "x")));
      case 2 -> Term.of("?:", condition(depth - 1), text(depth - 1), text(depth - 1));
      default -> text(0);
    };
  }

  private Term list(int depth) {
    return new Term(
        "list", "", Stream.generate(() -> any(depth - 1)).limit(random.nextInt(4)).toList());
  }

  /** A place in the payload. */
  private Term path() {
    Term term = variable("payload");
    for (int left = random.nextInt(4); left > 0; left--) {
      term =
          random.nextInt(4) > 0
              ? new Term("select", name(), List.of(term))
              : Term.of(
                  "index",
                  term,
                  one(
                      Term.literal(name()),
                      Term.literal((long) random.nextInt(3)),
                      new Term("select", name(), List.of(variable("payload")))));
    }
    return term;
  }

  private String name() {
    return RandomMessages.NAMES.get(random.nextInt(RandomMessages.NAMES.size()));
  }

  private static Term variable(String name) {
    return new Term("var", name, List.of());
  }

  private Term one(Term... terms) {
    return terms[random.nextInt(terms.length)];
  }

  private String oneOf(String... words) {
    return words[random.nextInt(words.length)];
  }
}
