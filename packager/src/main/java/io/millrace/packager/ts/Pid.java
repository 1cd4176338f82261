package io.millrace.packager.ts;

/** A packet identifier and the continuity counter of its packets (ISO/IEC 13818-1 2.4.3.3). */
final class Pid {
  private final int id;
  private int counter = 15;
  private boolean broken;

  Pid(int id) {
    this.id = id;
  }

  int id() {
    return id;
  }

  /** The counter of the next packet that carries payload. */
  int advance() {
    counter = (counter + 1) & 15;
    return counter;
  }

  /** The counter of a packet without payload: that of the packet before. */
  int counter() {
    return counter;
  }

  /** The next packet does not continue the one before. */
  void breakContinuity() {
    broken = true;
  }

  /** Whether the next packet has to say that it does not continue; asked once. */
  boolean takeBreak() {
    boolean wasBroken = broken;
    broken = false;
    return wasBroken;
  }
}
