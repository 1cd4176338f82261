package io.millrace.validator.media;

import io.millrace.validator.Rule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with one file; of each rule the first few, for a broken file has many. */
public final class Flaws {
  private static final int OF_ONE_RULE = 3;

  private final List<Flaw> found = new ArrayList<>();
  private final Map<Rule, Integer> counts = new EnumMap<>(Rule.class);

  /** Notes one. */
  public void add(Rule rule, String path, String words) {
    if (counts.merge(rule, 1, Integer::sum) <= OF_ONE_RULE) {
      found.add(new Flaw(rule, path, words));
    }
  }

  /** What was found so far. */
  public List<Flaw> list() {
    return List.copyOf(found);
  }
}
