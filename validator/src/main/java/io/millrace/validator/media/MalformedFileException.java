package io.millrace.validator.media;

/** Bytes that are not what they should be; names the place in the file. */
public class MalformedFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String words;

  public MalformedFileException(String path, String words) {
    super("at " + path + ": " + words);
    this.path = path;
    this.words = words;
  }

  /** Where, as {@code byte 188}. */
  public String path() {
    return path;
  }

  /** What is wrong there. */
  public String words() {
    return words;
  }
}
