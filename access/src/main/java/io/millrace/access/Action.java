package io.millrace.access;

/** What somebody wants to do with a stream. */
public enum Action {
  PUBLISH,
  PLAY
}
