package io.millrace.bench;

import java.util.Arrays;
import java.util.Locale;

/** Repeated measurements of one thing. */
final class Sample {
  private final double[] sorted;

  /**
   * @throws IllegalArgumentException when nothing was measured
   */
  Sample(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("nothing measured");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** How many, and from where to where. */
  String spread(String unit) {
    return String.format(
        Locale.ROOT,
        "median of %d, %.2f to %.2f %s",
        sorted.length,
        sorted[0],
        sorted[sorted.length - 1],
        unit);
  }
}
