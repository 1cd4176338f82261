package io.millrace.app;

import io.millrace.app.cli.MillraceCommand;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] args) {
    System.exit(MillraceCommand.run(args));
  }
}
