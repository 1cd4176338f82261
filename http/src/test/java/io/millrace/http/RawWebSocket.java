package io.millrace.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A WebSocket client that does nothing by itself. Blocks, for some seconds at most. */
final class RawWebSocket implements AutoCloseable {
  static final int TEXT = 0x81;
  static final int CLOSE = 0x88;
  static final int PING = 0x89;
  static final int PONG = 0x8A;

  private static final int LONGEST_HEAD = 14;

  /** The first byte of a frame, and what is in it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int first, byte[] payload) {}

  private final Socket socket;
  private final DataInputStream in;

  /** Behind its handshake. */
  RawWebSocket(int port, String path) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port), path);
  }

  /** The same, over TLS for one. */
  RawWebSocket(Socket connected, String path) throws IOException {
    socket = connected;
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
    String request =
        String.join(
            "\r\n",
            "GET " + path + " HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "",
            "");
    say(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
  }

  /** A short frame, masked with zeros. */
  static byte[] frame(int first, String payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(first);
    bytes.write(0x80 | payload.length());
    bytes.writeBytes(new byte[4]);
    bytes.writeBytes(payload.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }

  /** A frame of any length, masked. */
  static byte[] frame(int first, byte[] payload, int mask) {
    ByteBuffer bytes = ByteBuffer.allocate(LONGEST_HEAD + payload.length);
    bytes.put((byte) first);
    if (payload.length < 126) {
      bytes.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << 16) {
      bytes.put((byte) 0xFE).putShort((short) payload.length);
    } else {
      bytes.put((byte) 0xFF).putLong(payload.length);
    }
    bytes.putInt(mask);
    for (int i = 0; i < payload.length; i++) {
      bytes.put((byte) (payload[i] ^ (mask >> (8 * (3 - i % 4)))));
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Says all of it in one write. */
  RawWebSocket say(byte[]... all) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] each : all) {
      bytes.writeBytes(each);
    }
    socket.getOutputStream().write(bytes.toByteArray());
    return this;
  }

  /** The next frame, as its first byte in hexadecimal and its payload; that of a close its code. */
  String hear() throws IOException {
    int first = in.readUnsignedByte();
    byte[] payload = in.readNBytes(in.readUnsignedByte());
    String text =
        first == CLOSE && payload.length > 1
            ? String.valueOf((payload[0] & 0xFF) << 8 | (payload[1] & 0xFF))
            : new String(payload, StandardCharsets.ISO_8859_1);
    return Integer.toHexString(first) + " " + text;
  }

  /** The next frame, of any length. */
  Frame hearFrame() throws IOException {
    int first = in.readUnsignedByte();
    int length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(in.readLong());
    }
    return new Frame(first, in.readNBytes(length));
  }

  /** Whether the server has closed, and said nothing before. */
  boolean isAtItsEnd() throws IOException {
    return in.read() == -1;
  }

  /** Hangs up without a word. */
  void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
