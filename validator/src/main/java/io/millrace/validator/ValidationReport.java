package io.millrace.validator;

import java.util.List;

/**
 * What a validation found.
 *
 * @param violations every MUST that was broken
 * @param warnings every SHOULD that was not followed
 * @param looked what was looked at
 * @param notes what could not be judged, and why, in words
 * @param failures where the validator itself failed; then the rest is no verdict
 */
public record ValidationReport(
    List<Violation> violations,
    List<Violation> warnings,
    Looked looked,
    List<String> notes,
    List<String> failures) {
  /**
   * How much was looked at.
   *
   * @param playlists media playlists that were followed
   * @param versions of all of them
   * @param segments fetched
   * @param bytes of segments and init sections
   * @param seconds of media, over all playlists
   * @param ended whether every playlist has ended
   */
  public record Looked(
      int playlists, int versions, int segments, long bytes, double seconds, boolean ended) {}

  public ValidationReport {
    violations = List.copyOf(violations);
    warnings = List.copyOf(warnings);
    notes = List.copyOf(notes);
    failures = List.copyOf(failures);
  }

  /** Whether no MUST was broken, as far as could be judged: no part of the validator failed. */
  public boolean clean() {
    return violations.isEmpty() && failures.isEmpty();
  }
}
