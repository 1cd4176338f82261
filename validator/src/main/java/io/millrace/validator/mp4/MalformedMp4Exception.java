package io.millrace.validator.mp4;

import io.millrace.validator.media.MalformedFileException;

/** Bytes that are no MP4; the message names the offset. */
public final class MalformedMp4Exception extends MalformedFileException {
  private static final long serialVersionUID = 1L;

  public MalformedMp4Exception(long offset, String words) {
    super("byte " + offset, words);
  }
}
