package io.millrace.app.cli;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Environment variables that start with {@code MILLRACE_}, and which of them are no settings. */
final class Environment {
  /** Which server a command asks, where its line does not say it. */
  static final String SERVER =
      "${env:MILLRACE_SERVER:-http://localhost:${env:MILLRACE_HTTP_PORT:-8080}}";

  /** As whom a command publishes and subscribes, where its line does not say it. */
  static final String TOKEN = "${env:MILLRACE_TOKEN}";

  /** Read by {@code bin/millrace}, and by commands that ask a server. */
  private static final Set<String> NO_SETTINGS =
      Set.of(
          "MILLRACE_JAVA_HOME",
          "MILLRACE_JVM_OPTIONS",
          "MILLRACE_MAKE_CACHE",
          "MILLRACE_SERVER",
          "MILLRACE_TOKEN");

  /** Those of the process that may be settings. */
  static Map<String, String> settings() {
    return System.getenv().entrySet().stream()
        .filter(variable -> !NO_SETTINGS.contains(variable.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private Environment() {}
}
