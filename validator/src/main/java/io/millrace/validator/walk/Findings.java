package io.millrace.validator.walk;

import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What all walks found, each thing once and of each rule a bounded number. Any thread may use it.
 */
final class Findings {
  private static final int OF_ONE_RULE = 50;

  private final List<Violation> all = new ArrayList<>();
  private final Set<String> known = new HashSet<>();
  private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);
  private final Set<String> notes = new java.util.TreeSet<>();
  private final Set<String> failures = new java.util.TreeSet<>();

  synchronized void add(Violation violation) {
    // The same segment is in many versions; it is told once.
    String key = violation.rule() + " " + violation.place().address() + " " + violation.seen();
    if (counts.getOrDefault(violation.rule(), 0) < OF_ONE_RULE && known.add(key)) {
      counts.merge(violation.rule(), 1, Integer::sum);
      all.add(violation);
    }
  }

  void add(Collection<Violation> violations) {
    violations.forEach(this::add);
  }

  synchronized void note(String words) {
    if (notes.size() < OF_ONE_RULE) {
      notes.add(words);
    }
  }

  synchronized List<Violation> violations() {
    return all.stream().filter(violation -> violation.rule().must()).toList();
  }

  synchronized List<Violation> warnings() {
    return all.stream().filter(violation -> !violation.rule().must()).toList();
  }

  /** That the validator itself failed, which is no verdict on the stream. */
  synchronized void failed(String where, RuntimeException failure) {
    if (failures.size() < OF_ONE_RULE) {
      StackTraceElement[] stack = failure.getStackTrace();
      String at = stack.length == 0 ? "" : " at " + stack[0];
      failures.add(where + ": " + failure + at);
    }
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  synchronized List<String> notes() {
    return List.copyOf(notes);
  }
}
