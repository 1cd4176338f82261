package io.millrace.packager.cue;

/** What came of a request or a signal. */
public sealed interface CueOutcome {
  /** There is a new cue point. */
  record Announced(String id) implements CueOutcome {}

  /** A cue point has another end, or will have. */
  record Changed(String id) implements CueOutcome {}

  /** A cue point is not going to be. */
  record Cancelled(String id) implements CueOutcome {}

  /** A signal says nothing new, or nothing for players; the reason is a metric's label. */
  record Ignored(String reason) implements CueOutcome {}

  /** A request cannot be fulfilled, in words for whoever asked. */
  record Refused(String words) implements CueOutcome {}
}
