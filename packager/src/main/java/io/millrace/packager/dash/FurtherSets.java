package io.millrace.packager.dash;

import io.millrace.packager.presentation.Periods;

/** What a manifest has beside media. */
@FunctionalInterface
public interface FurtherSets {
  /** Nothing. */
  FurtherSets NONE = (out, period) -> {};

  /** Writes the adaptation sets of a period, behind those of its media. */
  void write(StringBuilder out, Periods.Period period);
}
