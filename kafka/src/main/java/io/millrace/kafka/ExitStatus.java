package io.millrace.kafka;

/** How the program ends when it cannot go on; what is not here is the JVM's own. */
public enum ExitStatus {
  /** The settings cannot be used. */
  SETTINGS(64),
  /** It failed for a reason that is not known, or Kafka ended itself. */
  FAULT(70),
  /** Another program has the port. */
  PORT_IN_USE(71),
  /** The log directory cannot be made, read or written. */
  LOG_DIRECTORY(72),
  /** There is no space left where the log directory is. */
  DISK_FULL(73),
  /** The log directory was written by a Kafka whose format this one does not know. */
  FORMAT(74);

  private final int code;

  ExitStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
