package io.millrace.access;

/** Who may play the streams of an app. */
public enum Playback {
  /** Everybody. */
  PUBLIC,
  /** Whoever has a token that says so. */
  TOKEN
}
