package io.millrace.transcoder;

/** A file cannot be packaged; the message is for whoever has it, and says what to change. */
final class FileRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FileRefusal(String message) {
    super(message, null, false, false);
  }
}
