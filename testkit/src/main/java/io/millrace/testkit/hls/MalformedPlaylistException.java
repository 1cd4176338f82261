package io.millrace.testkit.hls;

/** A body that is no playlist; the message names the line. */
public final class MalformedPlaylistException extends RuntimeException {
  public MalformedPlaylistException(int line, String words) {
    super("line " + line + ": " + words);
  }
}
