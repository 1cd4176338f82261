package io.millrace.app.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Whether a person looks on. */
final class Terminal {
  private Terminal() {}

  // JDK 25 is back to the console of java.base, which is null where there is no terminal.
  @SuppressWarnings("SystemConsoleNull")
  static boolean isThere() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /**
   * Whether standard output is one; Java's own answer is no where standard input is none, so Linux
   * is asked as well.
   */
  static boolean isOutput() {
    if (isThere()) {
      return true;
    }
    try {
      String output = Path.of("/proc/self/fd/1").toRealPath().toString();
      return output.matches("/dev/(pts/|tty|console).*");
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks the person; empty where nobody looks on, or nothing is said. */
  @SuppressWarnings("SystemConsoleNull")
  static Optional<String> ask(String question) {
    Console console = System.console();
    return console != null && console.isTerminal()
        ? Optional.ofNullable(console.readLine("%s", question))
        : Optional.empty();
  }
}
