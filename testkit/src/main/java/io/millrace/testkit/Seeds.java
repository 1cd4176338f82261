package io.millrace.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Runs a property over many seeds, and names the seed that broke it. {@code -Dmillrace.seed=42}
 * repeats one seed; without it the same seeds run every time, so a build is repeatable.
 */
public final class Seeds {
  private static final String PROPERTY = "millrace.seed";

  /** A property of whatever can be made from a source of randomness. */
  @FunctionalInterface
  public interface Property {
    void holdsFor(RandomGenerator random) throws Exception;
  }

  private Seeds() {}

  /**
   * Checks a property for the seeds 0 to {@code count - 1}.
   *
   * @throws AssertionError naming the seed, with what the property threw as the cause
   */
  public static void forEach(int count, Property property) {
    Long only = Long.getLong(PROPERTY);
    if (only != null) {
      check(only, property);
      return;
    }
    for (long seed = 0; seed < count; seed++) {
      check(seed, property);
    }
  }

  /** A generator that gives the same numbers for the same seed on every machine. */
  public static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static void check(long seed, Property property) {
    try {
      property.holdsFor(random(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "fails for seed "
              + seed
              + " (repeat with -D"
              + PROPERTY
              + "="
              + seed
              + "): "
              + e.getMessage(),
          e);
    }
  }
}
