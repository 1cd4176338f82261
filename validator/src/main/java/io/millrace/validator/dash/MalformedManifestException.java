package io.millrace.validator.dash;

/** A body that is no manifest; names the line. */
public final class MalformedManifestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String words;

  public MalformedManifestException(int line, String words) {
    super("line " + line + ": " + words);
    this.line = line;
    this.words = words;
  }

  /** The line, from 1; 0 when it is about none. */
  public int line() {
    return line;
  }

  /** What is wrong there. */
  public String words() {
    return words;
  }
}
