package io.millrace.media;

import java.time.Instant;

/**
 * Something about a broadcast that its broadcaster should know, in words to be shown as they are.
 *
 * @param code stable, for programs ({@code key-frames-far-apart})
 * @param what is the case
 * @param effect what it does to viewers; may be empty
 * @param advice what to set in the encoder, or to do; may be empty
 * @param since when it was noticed
 */
public record HealthFinding(
    String code, Severity severity, String what, String effect, String advice, Instant since) {
  /** How bad it is. */
  public enum Severity {
    /** Good to know. */
    INFO,
    /** Some viewers see or hear it, or may. */
    WARNING,
    /** Viewers suffer. */
    PROBLEM
  }
}
