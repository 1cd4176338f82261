package io.millrace.packager.cue;

/** How far a cue point is. */
public enum CueState {
  /** Its start has not been reached. */
  ANNOUNCED,
  /** It has started and goes on. */
  OUT,
  /** Its end has been reached. */
  ENDED
}
