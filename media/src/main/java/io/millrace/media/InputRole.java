package io.millrace.media;

/** Which of a stream's two inputs a publisher says that it is. */
public enum InputRole {
  PRIMARY,
  /** Sends the same beside the primary, for when that fails. */
  BACKUP
}
