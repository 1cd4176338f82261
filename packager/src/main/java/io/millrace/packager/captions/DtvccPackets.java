package io.millrace.packager.captions;

/**
 * Puts caption channel packets of CTA-708 together (5 and 6.2), two bytes at a time, and takes them
 * apart into the blocks of their services.
 */
final class DtvccPackets {
  private static final int MAX_PACKET = 128;
  private static final int SEQUENCE_NUMBERS = 4;
  private static final int EXTENDED = 7;
  private static final int NONE = -1;

  private final Output output;
  private final byte[] packet = new byte[MAX_PACKET];
  private int length;
  private int size;
  private int lastSequence = NONE;
  private long damaged;

  /** Takes what packets carry. */
  interface Output {
    /**
     * Some codes of a service.
     *
     * @param data must not be kept
     */
    void block(long now, int service, byte[] data, int from, int until);

    /** A packet is missing: what follows does not continue what came before. */
    void lost(long now);
  }

  DtvccPackets(Output output) {
    this.output = output;
  }

  /** Packets that were missing, cut off, or did not hold what they announced. */
  long damaged() {
    return damaged;
  }

  /** Begins anew. */
  void reset() {
    size = 0;
    lastSequence = NONE;
  }

  /** The first two bytes of a packet, its header among them. */
  void start(long now, int first, int second) {
    end(now);
    int code = first & 0x3F;
    size = code == 0 ? MAX_PACKET : 2 * code;
    length = 0;
    int sequence = first >> 6 & 3;
    if (lastSequence != NONE && sequence != (lastSequence + 1) % SEQUENCE_NUMBERS) {
      damaged++;
      output.lost(now);
    }
    lastSequence = sequence;
    data(now, first, second);
  }

  /** The next two bytes of a packet. */
  void data(long now, int first, int second) {
    if (size == 0) {
      return;
    }
    packet[length++] = (byte) first;
    packet[length++] = (byte) second;
    if (length >= size) {
      blocks(now);
    }
  }

  /** Nothing more comes of a packet that was begun: what it holds whole is read. */
  void end(long now) {
    if (size > 0) {
      damaged++;
      blocks(now);
    }
  }

  private void blocks(long now) {
    int end = length;
    size = 0;
    int at = 1;
    while (at < end) {
      int service = packet[at] >> 5 & 7;
      int blockSize = packet[at] & 0x1F;
      at++;
      if (service == EXTENDED && blockSize > 0 && at < end) {
        service = packet[at++] & 0x3F;
      }
      if (service == 0) {
        return;
      }
      if (blockSize > end - at) {
        damaged++;
        return;
      }
      output.block(now, service, packet, at, at + blockSize);
      at += blockSize;
    }
  }
}
