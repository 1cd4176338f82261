package io.millrace.validator.hls;

/** A body that is no playlist; the message names the line. */
public final class MalformedPlaylistException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String words;

  public MalformedPlaylistException(int line, String words) {
    super("line " + line + ": " + words);
    this.line = line;
    this.words = words;
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** What is wrong there. */
  public String words() {
    return words;
  }
}
