package io.millrace.testkit.mp4;

/** Bytes that are no MP4; the message names the offset. */
public final class MalformedMp4Exception extends RuntimeException {
  public MalformedMp4Exception(long offset, String words) {
    super("at byte " + offset + ": " + words);
  }
}
