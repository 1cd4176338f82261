package io.millrace.bench;

import io.millrace.bench.crowd.Conversation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** GET requests on a connection that is kept, whose answers are 200 and say their length. */
abstract class HttpConversation implements Conversation {
  private static final String LENGTH = "content-length:";

  private final String path;
  private int headLength;

  /**
   * @param path of the first request
   */
  HttpConversation(String path) {
    this.path = path;
  }

  @Override
  public final byte[] hello() {
    return get(path);
  }

  @Override
  public final int unit(ByteBuffer bytes) {
    headLength = headLength(bytes);
    if (headLength == 0) {
      return 0;
    }
    int whole = headLength + bodyLength(text(bytes, 0, headLength));
    return bytes.remaining() >= whole ? whole : 0;
  }

  static byte[] get(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** How many bytes of an answer are its body. */
  final int bodyLength(int length) {
    return length - headLength;
  }

  /** The body of the answer that is being heard. */
  final String body(ByteBuffer bytes, int length) {
    return text(bytes, headLength, length - headLength);
  }

  private static int headLength(ByteBuffer bytes) {
    for (int i = bytes.position(); i + 3 < bytes.limit(); i++) {
      if (bytes.get(i) == '\r' && bytes.get(i + 2) == '\r') {
        return i + 4 - bytes.position();
      }
    }
    return 0;
  }

  private static int bodyLength(String head) {
    if (!head.startsWith("HTTP/1.1 200 ")) {
      throw new IllegalStateException("answered " + head);
    }
    return head.lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith(LENGTH))
        .mapToInt(line -> Integer.parseInt(line.substring(LENGTH.length()).strip()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("answered without a length: " + head));
  }

  private static String text(ByteBuffer bytes, int from, int length) {
    byte[] copy = new byte[length];
    bytes.get(bytes.position() + from, copy);
    return new String(copy, StandardCharsets.UTF_8);
  }
}
