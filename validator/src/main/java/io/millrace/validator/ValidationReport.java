package io.millrace.validator;

import java.util.List;

/**
 * What a validation found.
 *
 * @param violations every MUST that was broken
 * @param warnings every SHOULD that was not followed
 * @param looked what was looked at
 * @param notes what could not be judged, and why, in words
 * @param edges how parts came, of each low-latency playlist
 * @param failures where the validator itself failed; then the rest is no verdict
 */
public record ValidationReport(
    List<Violation> violations,
    List<Violation> warnings,
    Looked looked,
    List<String> notes,
    List<LiveEdge> edges,
    List<String> failures) {
  /**
   * How much was looked at.
   *
   * @param playlists media playlists that were followed; 1 for a manifest
   * @param versions of all of them
   * @param segments fetched
   * @param bytes of segments and init sections
   * @param seconds of media, over all playlists
   * @param ended whether every playlist has ended, or the manifest
   */
  public record Looked(
      int playlists, int versions, int segments, long bytes, double seconds, boolean ended) {}

  /**
   * How the parts of a low-latency playlist came while its server held the requests for them.
   *
   * @param parts how many came
   * @param late how many came later than one part target after the one before, and some room for
   *     the network (L6, or a warning)
   * @param longestSeconds between two parts
   * @param medianLatencySeconds from the date at which a part ends to its arrival, by this
   *     machine's clock; NaN where there are no dates
   * @param worstLatencySeconds likewise
   */
  public record LiveEdge(
      String playlist,
      int parts,
      int late,
      double longestSeconds,
      double medianLatencySeconds,
      double worstLatencySeconds) {}

  public ValidationReport {
    violations = List.copyOf(violations);
    warnings = List.copyOf(warnings);
    notes = List.copyOf(notes);
    edges = List.copyOf(edges);
    failures = List.copyOf(failures);
  }

  /** Whether no MUST was broken, as far as could be judged: no part of the validator failed. */
  public boolean clean() {
    return violations.isEmpty() && failures.isEmpty();
  }
}
