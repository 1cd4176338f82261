package io.millrace.broker.kafka;

import java.util.Arrays;

/** How the child ended, by its exit status; the first six are what its program says itself. */
enum ChildEnd {
  SETTINGS(64, "it does not understand its settings"),
  FAULT(70, "it failed"),
  PORT_IN_USE(71, "another program has its port"),
  LOG_DIRECTORY(72, "its log directory cannot be used"),
  DISK_FULL(73, "the disk is full"),
  FORMAT(74, "its log directory is of another version"),
  OUT_OF_MEMORY(3, "it ran out of memory"),
  NO_PROGRAM(127, "its program was not found"),
  KILLED(137, "it was killed"),
  /** Anything else, a crash of the JVM too. */
  UNKNOWN(-1, "it ended");

  private final int code;
  private final String words;

  ChildEnd(int code, String words) {
    this.code = code;
    this.words = words;
  }

  static ChildEnd of(int status) {
    return Arrays.stream(values()).filter(end -> end.code == status).findFirst().orElse(UNKNOWN);
  }

  String words() {
    return words;
  }
}
