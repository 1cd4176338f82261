package io.millrace.broker.ws;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a test of RFC 6455 sends and what has to come back, under the number that the case has in
 * the Autobahn test suite. Pure.
 */
final class AutobahnCase {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** How the bytes are handed to the network. */
  enum Chop {
    WHOLE,
    FRAMES,
    OCTETS
  }

  /** How the connection ends. */
  enum End {
    /** All is well: the client closes it, and the server says so too. */
    CLIENT_CLOSES,
    /** The client has sent a close frame within the case; the server answers with the same code. */
    ANSWERED,
    /** A violation of the protocol: 1002, or no close frame at all. */
    PROTOCOL_ERROR,
    /** A text that is not UTF-8: 1007, or no close frame at all. */
    NOT_UTF8
  }

  /** A frame that came back. */
  @SuppressWarnings("ArrayRecordComponent") // shown as text
  record Frame(int opcode, byte[] payload) {
    @Override
    public String toString() {
      String text = new String(payload, StandardCharsets.ISO_8859_1);
      return opcode + ":" + payload.length + ":" + text.hashCode();
    }
  }

  final String id;
  final List<byte[]> sent = new ArrayList<>();
  final List<Frame> expected = new ArrayList<>();
  Chop chop = Chop.WHOLE;
  End end = End.CLIENT_CLOSES;

  /** Of the close frame, where the client has sent one; 1005 where it has none. */
  int code = 1000;

  AutobahnCase(String id) {
    this.id = id;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  AutobahnCase chop(Chop how) {
    chop = how;
    return this;
  }

  AutobahnCase ends(End how) {
    end = how;
    return this;
  }

  /** Sends a frame; masked with zero, which leaves the payload as it is, or with more. */
  AutobahnCase send(int opcode, boolean fin, int reserved, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((fin ? 0x80 : 0) | reserved << 4 | opcode);
    int length = payload.length;
    if (length < 126) {
      frame.write(0x80 | length);
    } else if (length < 65536) {
      frame.write(0x80 | 126);
      frame.write(length >> 8);
      frame.write(length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) length >> shift));
      }
    }
    byte[] mask = {0x11, 0x2F, (byte) 0xE0, 0x55};
    frame.writeBytes(mask);
    for (int i = 0; i < length; i++) {
      frame.write(payload[i] ^ mask[i & 3]);
    }
    sent.add(frame.toByteArray());
    return this;
  }

  AutobahnCase send(int opcode, byte[] payload) {
    return send(opcode, true, 0, payload);
  }

  AutobahnCase fragment(int opcode, byte[] payload) {
    return send(opcode, false, 0, payload);
  }

  AutobahnCase expect(int opcode, byte[] payload) {
    expected.add(new Frame(opcode, payload));
    return this;
  }

  /** A message, and its echo. */
  AutobahnCase echo(int opcode, byte[] payload) {
    return send(opcode, payload).expect(opcode, payload);
  }

  /** A message in fragments of so many bytes, and its echo where it is to be had. */
  AutobahnCase fragments(int opcode, byte[] payload, int size) {
    int at = 0;
    do {
      int length = Math.min(size, payload.length - at);
      byte[] piece = new byte[length];
      System.arraycopy(payload, at, piece, 0, length);
      send(at == 0 ? opcode : CONTINUATION, at + length == payload.length, 0, piece);
      at += length;
    } while (at < payload.length);
    return this;
  }

  /** The client's close frame. */
  AutobahnCase close(int status, byte[] reason) {
    byte[] payload = new byte[2 + reason.length];
    payload[0] = (byte) (status >> 8);
    payload[1] = (byte) status;
    System.arraycopy(reason, 0, payload, 2, reason.length);
    code = status;
    end = End.ANSWERED;
    return send(CLOSE, payload);
  }

  @Override
  public String toString() {
    return id;
  }
}
