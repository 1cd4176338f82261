package io.millrace.packager.ts;

import io.vertx.core.buffer.Buffer;

/**
 * Writes transport packets (ISO/IEC 13818-1 2.4.3.2) into one buffer of known size. A PES packet is
 * announced with its size, then its bytes are put piece by piece; each byte is copied once.
 */
final class PacketWriter {
  static final int PACKET = 188;
  private static final int BODY = 184;
  private static final int SYNC = 0x47;
  private static final int START = 0x40_0000;
  private static final int ADAPTATION = 0x20;
  private static final int PAYLOAD = 0x10;
  private static final Buffer STUFFING = filled(BODY);

  private final Buffer out;
  private Pid pid = new Pid(0);
  private int room;
  private int left;

  PacketWriter(int packets) {
    out = Buffer.buffer(packets * PACKET);
  }

  /** How many packets a PES packet takes. */
  static int packets(int size, Adaptation adaptation) {
    int first = BODY - adaptation.size();
    return size <= first ? 1 : 1 + (size - first + BODY - 1) / BODY;
  }

  Buffer finish() {
    return out;
  }

  /** A packet with a section that fits into it (2.4.4). */
  void section(Pid tablePid, Buffer section) {
    header(tablePid, START, PAYLOAD | tablePid.advance());
    out.appendByte((byte) 0).appendBuffer(section);
    stuff(BODY - 1 - section.length());
  }

  /** A packet that carries only the clock. */
  void clock(Pid clockPid, Adaptation adaptation) {
    header(clockPid, 0, ADAPTATION | clockPid.counter());
    adaptation(adaptation, BODY);
  }

  /**
   * Starts a PES packet.
   *
   * @param size of its header and payload, which {@link #put} takes next
   */
  void startPes(Pid streamPid, int size, Adaptation adaptation) {
    pid = streamPid;
    left = size;
    open(START, adaptation);
  }

  void put(Buffer bytes) {
    put(bytes, 0, bytes.length());
  }

  /** The next bytes of the open PES packet. */
  void put(Buffer bytes, int from, int length) {
    int at = from;
    int end = from + length;
    while (at < end) {
      if (room == 0) {
        open(0, Adaptation.NONE);
      }
      int count = Math.min(room, end - at);
      out.appendBuffer(bytes, at, count);
      at += count;
      room -= count;
      left -= count;
    }
  }

  /** What is left decides about the stuffing, which only an adaptation field can hold. */
  private void open(int start, Adaptation adaptation) {
    int field = Math.max(adaptation.size(), BODY - left);
    header(pid, start, (field > 0 ? ADAPTATION : 0) | PAYLOAD | pid.advance());
    if (field > 0) {
      adaptation(adaptation, field);
    }
    room = BODY - field;
  }

  private void header(Pid packetPid, int start, int control) {
    out.appendInt(SYNC << 24 | start | packetPid.id() << 8 | control);
  }

  private void adaptation(Adaptation adaptation, int size) {
    out.appendByte((byte) (size - 1));
    if (size == 1) {
      return;
    }
    out.appendByte((byte) adaptation.flags());
    int written = 2;
    if (adaptation.hasClock()) {
      long base = MediaClock.reference(adaptation.clock());
      out.appendInt((int) (base >> 1)).appendUnsignedShort((int) (base & 1) << 15 | 0x7E00);
      written += 6;
    }
    stuff(size - written);
  }

  private void stuff(int count) {
    out.appendBuffer(STUFFING, 0, count);
  }

  private static Buffer filled(int count) {
    Buffer bytes = Buffer.buffer(count);
    for (int i = 0; i < count; i++) {
      bytes.appendByte((byte) 0xFF);
    }
    return bytes;
  }
}
