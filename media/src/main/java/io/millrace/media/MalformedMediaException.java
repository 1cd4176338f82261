package io.millrace.media;

/** Input that breaks its format. Ends one connection and harms nobody else. */
public class MalformedMediaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param where the structure that was being read ({@code avcC}, {@code chunk header})
   * @param offset bytes from that structure's start
   * @param problem what is wrong there
   */
  public MalformedMediaException(String where, long offset, String problem) {
    super(where + " at byte " + offset + ": " + problem);
  }
}
