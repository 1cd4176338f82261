package io.millrace.app.cli;

/** What a command's exit code means; the numbers are those of BSD's sysexits where they fit. */
final class ExitCode {
  static final int OK = 0;

  /** The command ran and failed. */
  static final int FAILED = 1;

  /** The command line itself is wrong. */
  static final int USAGE = 2;

  /** Something that is needed is not there: a port in use, a data directory in use, no server. */
  static final int UNAVAILABLE = 69;

  /** The configuration cannot be used. */
  static final int CONFIGURATION = 78;

  private ExitCode() {}
}
