package io.millrace.bench;

import java.util.Locale;

/**
 * One line of the table of results.
 *
 * @param what was measured
 * @param measured the figure, in {@code unit}
 * @param goal the figure that it should not be above (or below, where {@code higherIsBetter})
 * @param how it was measured: how often, and the spread
 */
public record Row(
    String what, double measured, double goal, String unit, boolean higherIsBetter, String how) {

  /** A figure that should not be above its goal. */
  public static Row atMost(String what, double measured, double goal, String unit, String how) {
    return new Row(what, measured, goal, unit, false, how);
  }

  /** A figure that should not be below its goal. */
  public static Row atLeast(String what, double measured, double goal, String unit, String how) {
    return new Row(what, measured, goal, unit, true, how);
  }

  /** The same line with more said of how it was measured. */
  public Row with(String more) {
    return new Row(what, measured, goal, unit, higherIsBetter, how + more);
  }

  /** The head of the table. */
  public static String head() {
    return "| what | measured | goal | met | how |\n|---|---|---|---|---|";
  }

  public boolean met() {
    return higherIsBetter ? measured >= goal : measured <= goal;
  }

  /** This line in Markdown. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "| %s | %.2f %s | %s %.2f %s | %s | %s |",
        what,
        measured,
        unit,
        higherIsBetter ? "≥" : "≤",
        goal,
        unit,
        met() ? "yes" : "**no**",
        how);
  }
}
