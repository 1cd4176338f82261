package io.millrace.app.cli;

import java.io.Console;

/** Whether a person looks on. */
final class Terminal {
  private Terminal() {}

  // JDK 25 is back to the console of java.base, which is null where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isThere() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
