package io.millrace.app.cli;

import io.millrace.app.ops.LogOutput;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How log lines are written. */
enum LogFormat {
  TEXT,
  JSON;

  private static final String OPTION = "--log-format";
  private static final Set<String> SERVERS = Set.of("serve", "demo");
  private static final Set<String> QUESTIONS = Set.of("-h", "--help", "-V", "--version");

  /**
   * Opens the log by the command line, before any class that logs is loaded: the first logger fixes
   * its form. Without the option it is text on a terminal and JSON elsewhere; a wrong word is
   * reported when the command line is parsed. Where a server's log is JSON, so is all it prints.
   */
  static void choose(List<String> arguments) {
    String word = Terminal.isThere() ? "text" : "json";
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        word = argument.substring(OPTION.length() + 1);
      } else if (argument.equals(OPTION) && i + 1 < arguments.size()) {
        word = arguments.get(i + 1);
      }
    }
    boolean json = word.toLowerCase(Locale.ROOT).equals("json");
    LogOutput.open(json);
    if (json && isServer(arguments)) {
      LogOutput.printAsJson();
    }
  }

  /** Whether a server runs, and does not only say what it can do. */
  static boolean isServer(List<String> arguments) {
    return !arguments.isEmpty()
        && SERVERS.contains(arguments.getFirst())
        && arguments.stream().noneMatch(QUESTIONS::contains);
  }
}
