package io.millrace.app.cli;

import java.util.Set;

/** Environment variables that start with {@code MILLRACE_} and are no settings. */
final class Environment {
  /** Read by {@code bin/millrace}. */
  static final Set<String> OF_THE_LAUNCHER =
      Set.of("MILLRACE_JAVA_HOME", "MILLRACE_JVM_OPTIONS", "MILLRACE_MAKE_CACHE");

  private Environment() {}
}
