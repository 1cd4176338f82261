package io.millrace.bench.topics;

import io.millrace.bench.crowd.Conversation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The WebSocket protocol of docs/websocket.md: one subscription, messages in JSON. */
final class WebSocketConversation implements Conversation {
  private static final byte[] MESSAGE = "{\"type\":\"message\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUBSCRIBED =
      "{\"type\":\"subscribed\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CONNECTED =
      "{\"type\":\"connected\"".getBytes(StandardCharsets.US_ASCII);
  private static final int TEXT = 0x81;
  private static final int MASKED = 0x80;

  /** A length of 126 says that the next two bytes hold it. */
  private static final int EXTENDED_LENGTH = 126;

  private final String token;
  private final String filter;
  private final String start;
  private boolean isUpgraded;

  /** Subscribes from now on. */
  WebSocketConversation(String token, String filter) {
    this(token, filter, "\"now\"");
  }

  /**
   * Subscribes.
   *
   * @param start as JSON
   */
  private WebSocketConversation(String token, String filter, String start) {
    this.token = token;
    this.filter = filter;
    this.start = start;
  }

  /** Comes back. */
  static WebSocketConversation after(String token, String filter, String position) {
    return new WebSocketConversation(token, filter, "{\"after\":\"" + position + "\"}");
  }

  @Override
  public byte[] hello() {
    return """
    GET /ws HTTP/1.1\r
    Host: 127.0.0.1\r
    Connection: Upgrade\r
    Upgrade: websocket\r
    Sec-WebSocket-Version: 13\r
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
    Authorization: Bearer %s\r
    \r
    """
        .formatted(token)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public byte[] next() {
    byte[] json =
        """
        {"type":"subscribe","sub":"s","filter":"%s","start":%s}"""
            .formatted(filter, start)
            .getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(TEXT);
    // With a mask of zeros, which leaves the bytes as they are (RFC 6455, 5.3).
    if (json.length < EXTENDED_LENGTH) {
      frame.write(MASKED | json.length);
    } else {
      frame.write(MASKED | EXTENDED_LENGTH);
      frame.write(json.length >> 8);
      frame.write(json.length);
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(json);
    return frame.toByteArray();
  }

  @Override
  public int unit(ByteBuffer bytes) {
    return isUpgraded ? frame(bytes) : head(bytes);
  }

  private static int head(ByteBuffer bytes) {
    for (int i = bytes.position(); i + 3 < bytes.limit(); i++) {
      if (bytes.get(i) == '\r' && bytes.get(i + 1) == '\n' && bytes.get(i + 2) == '\r') {
        return i + 4 - bytes.position();
      }
    }
    return 0;
  }

  private static int frame(ByteBuffer bytes) {
    if (bytes.remaining() < 4) {
      return 0;
    }
    int at = bytes.position();
    int length = bytes.get(at + 1) & 0x7F;
    int whole = length < EXTENDED_LENGTH ? 2 + length : 4 + (bytes.getShort(at + 2) & 0xFFFF);
    return bytes.remaining() >= whole ? whole : 0;
  }

  @Override
  public long dueNanos(ByteBuffer bytes, int length) {
    return Stamp.of(bytes, length);
  }

  @Override
  public Heard hear(ByteBuffer bytes, int length) {
    int at = bytes.position();
    if (!isUpgraded) {
      // "HTTP/1.1 101"
      if (bytes.get(at + 9) != '1' || bytes.get(at + 11) != '1') {
        throw new IllegalStateException("no WebSocket");
      }
      isUpgraded = true;
      return Heard.OTHER;
    }
    int payload = at + ((bytes.get(at + 1) & 0x7F) < EXTENDED_LENGTH ? 2 : 4);
    if (begins(bytes, payload, MESSAGE)) {
      return Heard.MESSAGE;
    }
    if (begins(bytes, payload, CONNECTED)) {
      return Heard.STEP;
    }
    return begins(bytes, payload, SUBSCRIBED) ? Heard.SUBSCRIBED : Heard.OTHER;
  }

  private static boolean begins(ByteBuffer bytes, int at, byte[] with) {
    for (int i = 0; i < with.length; i++) {
      if (at + i >= bytes.limit() || bytes.get(at + i) != with[i]) {
        return false;
      }
    }
    return true;
  }
}
