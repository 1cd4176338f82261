package io.millrace.bench.topics;

import io.millrace.bench.crowd.Conversation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** MQTT 3.1.1 with QoS 0: CONNECT, one SUBSCRIBE, and PUBLISH for the one who publishes. */
final class MqttConversation implements Conversation {
  private static final int CONNACK = 0x20;
  private static final int PUBLISH = 0x30;
  private static final int SUBACK = 0x90;

  private final String clientId;
  private final Optional<String> password;
  private final String topic;

  /**
   * @param password presented with a user name; none where the broker asks for none
   */
  MqttConversation(String clientId, Optional<String> password, String topic) {
    this.clientId = clientId;
    this.password = password;
    this.topic = topic;
  }

  @Override
  public byte[] hello() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, "MQTT");
    body.write(4);
    body.write(password.isPresent() ? 0xC2 : 0x02);
    body.write(0);
    body.write(0);
    text(body, clientId);
    password.ifPresent(
        secret -> {
          text(body, "bench");
          text(body, secret);
        });
    return packet(0x10, body);
  }

  @Override
  public byte[] next() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(0);
    body.write(1);
    text(body, topic);
    body.write(0);
    return packet(0x82, body);
  }

  /** A message with QoS 0. */
  static byte[] publish(String topic, byte[] payload) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, topic);
    body.writeBytes(payload);
    return packet(PUBLISH, body);
  }

  /** A message with QoS 1. */
  static byte[] publish(String topic, int packetId, byte[] payload) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, topic);
    body.write(packetId >> 8);
    body.write(packetId);
    body.writeBytes(payload);
    return packet(PUBLISH | 2, body);
  }

  @Override
  public int unit(ByteBuffer bytes) {
    int length = 0;
    for (int i = 1; i <= 4 && bytes.remaining() > i; i++) {
      int digit = bytes.get(bytes.position() + i);
      length |= (digit & 0x7F) << (7 * (i - 1));
      if ((digit & 0x80) == 0) {
        int whole = 1 + i + length;
        return bytes.remaining() >= whole ? whole : 0;
      }
    }
    return 0;
  }

  @Override
  public long dueNanos(ByteBuffer bytes, int length) {
    return Stamp.of(bytes, length);
  }

  @Override
  public Heard hear(ByteBuffer bytes, int length) {
    int type = bytes.get(bytes.position()) & 0xF0;
    return switch (type) {
      case CONNACK -> {
        if (bytes.get(bytes.position() + 3) != 0) {
          throw new IllegalStateException("refused: " + bytes.get(bytes.position() + 3));
        }
        yield Heard.STEP;
      }
      case SUBACK -> {
        if ((bytes.get(bytes.position() + length - 1) & 0x80) != 0) {
          throw new IllegalStateException("the subscription to " + topic + " was refused");
        }
        yield Heard.SUBSCRIBED;
      }
      case PUBLISH -> Heard.MESSAGE;
      default -> Heard.OTHER;
    };
  }

  private static void text(ByteArrayOutputStream to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.write(bytes.length >> 8);
    to.write(bytes.length);
    to.writeBytes(bytes);
  }

  private static byte[] packet(int first, ByteArrayOutputStream body) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(first);
    int left = body.size();
    do {
      packet.write(left > 0x7F ? (left & 0x7F) | 0x80 : left);
      left >>= 7;
    } while (left > 0);
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }
}
