package io.millrace.broker.mqtt;

/** The versions of the protocol that are spoken. */
enum Version {
  V3_1_1(4),
  V5(5);

  private final int level;

  Version(int level) {
    this.level = level;
  }

  /** The protocol level of CONNECT. */
  int level() {
    return level;
  }

  boolean isV5() {
    return this == V5;
  }
}
