package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.ws.AutobahnCase.Frame;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket client that does nothing by itself: no pongs, no close frames, no reading. */
final class RawWebSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  final OutputStream out;
  final DataInputStream in;
  private final Socket socket = new Socket();

  /**
   * Connects.
   *
   * @param receiveBytes of the socket's buffer; 0 for the system's
   */
  RawWebSocket(int port, String target, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    handshake(target);
  }

  private void handshake(String target) throws IOException {
    out.write(
        ("GET "
                + target
                + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    assertThat(head.toString())
        .startsWith("HTTP/1.1 101")
        .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        .doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
  }

  /** The bytes of a frame as a client sends it. */
  static byte[] frame(int opcode, byte[] payload) {
    return new AutobahnCase("").send(opcode, payload).sent.getFirst();
  }

  /** With single quotes for double ones. */
  void say(String json) throws IOException {
    out.write(frame(AutobahnCase.TEXT, AutobahnCase.utf8(json.replace('\'', '"'))));
  }

  Frame read() throws IOException {
    int head = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    assertThat(head & 0x70).as("reserved bits").isZero();
    assertThat(second & 0x80).as("a server does not mask").isZero();
    assertThat(head & 0x80).as("nothing here is fragmented").isEqualTo(0x80);
    long length = second & 0x7F;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    return new Frame(head & 0x0F, in.readNBytes((int) length));
  }

  /** Reads until a frame of an opcode. */
  Frame readUntil(int opcode) throws IOException {
    Frame frame = read();
    while (frame.opcode() != opcode) {
      frame = read();
    }
    return frame;
  }

  /** Reads until a text with something in it. */
  String hear(String part) throws IOException {
    while (true) {
      Frame frame = readUntil(AutobahnCase.TEXT);
      String text = new String(frame.payload(), StandardCharsets.UTF_8);
      if (text.contains(part)) {
        return text;
      }
    }
  }

  /** The code of a close frame. */
  static int code(Frame close) {
    byte[] payload = close.payload();
    return payload.length < 2 ? 1005 : ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
