package io.millrace.app.cli;

import java.util.List;
import java.util.Locale;

/** How log lines are written. */
enum LogFormat {
  TEXT,
  JSON;

  private static final String OPTION = "--log-format";

  /**
   * Sets the form of the log lines by the command line, before any class that logs is loaded: the
   * first logger fixes it. Without the option it is text on a terminal and JSON elsewhere; a wrong
   * word is reported when the command line is parsed.
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
    System.setProperty(
        "millrace.log.format", word.toLowerCase(Locale.ROOT).equals("json") ? "json" : "text");
  }
}
