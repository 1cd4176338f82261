package io.millrace.packager.ts;

/** What becomes one PES packet. */
interface Unit {
  /** Decoding time of its first access unit on {@link MediaClock}. */
  long dts();

  /** Presentation time of its first access unit on {@link MediaClock}. */
  long pts();

  /** Bytes of its payload. */
  int size();

  /** Whether decoding can start here. */
  boolean sync();

  /** Puts its payload. */
  void write(PacketWriter out);
}
