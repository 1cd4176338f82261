package io.millrace.broker.mqtt;

import io.millrace.broker.Parsed;
import io.millrace.broker.message.Headers;
import io.millrace.broker.message.Message;
import io.millrace.broker.topic.MountPoint;
import io.millrace.broker.topic.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as a PUBLISH (section 3.3), made once for all who take it: what differs between them is
 * written around it. Belongs to one event loop.
 */
final class PublishEncoding {
  /** For whom an encoding is the same. */
  record Key(Version version, MountPoint mount) {}

  /**
   * What is one subscriber's own.
   *
   * @param packetId 0 with QoS 0
   * @param alias 0 for none
   * @param hasTopic false where the alias stands for it
   * @param identifiers subscription identifiers as properties
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Head(
      int qos,
      boolean dup,
      boolean retain,
      int packetId,
      int alias,
      boolean hasTopic,
      byte[] identifiers) {}

  private static final int PUBLISH = 0x30;
  private static final int ALIAS_BYTES = 3;
  private static final long SECOND = 1000;

  /** Bytes that a field may have, and characters that are no more bytes than that. */
  private static final int LONGEST_BYTES = 0xFFFF;

  private static final int LONGEST_TEXT = LONGEST_BYTES / 3;
  private static final byte[] NOTHING = {};

  private final Version version;
  private final String topicText;
  private final byte[] topic;
  private final byte[] properties;
  private final byte[] payload;
  private final int qos;
  private byte @Nullable [] plain;

  private PublishEncoding(
      Version version, String topicText, byte[] properties, byte[] payload, int qos) {
    this.version = version;
    this.topicText = topicText;
    this.topic = topicText.getBytes(StandardCharsets.UTF_8);
    this.properties = properties;
    this.payload = payload;
    this.qos = qos;
  }

  /**
   * Makes one.
   *
   * @param now milliseconds since 1970, for what is left of its time
   * @return empty when the client has no name for the topic
   */
  static Optional<PublishEncoding> of(String namespace, Message message, Key key, long now) {
    if (!(Topic.of(namespace, message.path()) instanceof Parsed.Value<Topic>(Topic topic))) {
      // Kafka's own clients name topics as they like.
      return Optional.empty();
    }
    return key.mount()
        .text(topic)
        .map(
            text ->
                new PublishEncoding(
                    key.version(),
                    text,
                    key.version().isV5() ? properties(message, key.mount(), now) : NOTHING,
                    message.payload(),
                    MqttHeaders.qos(message)));
  }

  private static byte[] properties(Message message, MountPoint mount, long now) {
    Headers headers = message.headers();
    if (headers.size() == 0 && message.expires() == Message.NEVER) {
      return NOTHING;
    }
    PacketWriter.Fields fields = new PacketWriter.Fields();
    if ("1".equals(headers.text(MqttHeaders.PAYLOAD_FORMAT))) {
      fields.put(Property.PAYLOAD_FORMAT_INDICATOR, 1);
    }
    if (message.expires() != Message.NEVER) {
      long left = Math.max(0, message.expires() - now) + SECOND - 1;
      fields.put(Property.MESSAGE_EXPIRY_INTERVAL, Math.min(left / SECOND, 0xFFFF_FFFFL));
    }
    String contentType = headers.text(Headers.CONTENT_TYPE);
    if (contentType != null && contentType.length() <= LONGEST_TEXT) {
      fields.put(Property.CONTENT_TYPE, contentType);
    }
    responseTopic(headers, mount)
        .ifPresent(response -> fields.put(Property.RESPONSE_TOPIC, response));
    byte[] correlation = headers.bytes(MqttHeaders.CORRELATION_DATA);
    if (correlation != null && correlation.length <= LONGEST_BYTES) {
      fields.put(Property.CORRELATION_DATA, correlation);
    }
    headers.forEach(
        (name, value) -> {
          // Other doors, and Kafka's own clients, may have longer ones; those are left out.
          if (MqttHeaders.isUserProperty(name)
              && name.length() <= LONGEST_TEXT
              && value.length <= LONGEST_TEXT) {
            fields.putPair(name, utf8(value));
          }
        });
    return fields.toBytes();
  }

  private static Optional<String> responseTopic(Headers headers, MountPoint mount) {
    String text = headers.text(MqttHeaders.RESPONSE_TOPIC);
    return text != null && Topic.parse(text) instanceof Parsed.Value<Topic>(Topic topic)
        ? mount.text(topic)
        : Optional.empty();
  }

  /** Header values are any bytes; properties are well-formed text. */
  private static byte[] utf8(byte[] value) {
    return new String(value, StandardCharsets.UTF_8)
        .replace('\0', ' ')
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The topic as the client calls it. */
  String topic() {
    return topicText;
  }

  /** That it was published with. */
  int qos() {
    return qos;
  }

  int payloadBytes() {
    return payload.length;
  }

  /** The whole packet with QoS 0 and nothing of anybody's own; not to be changed. */
  byte[] plain() {
    if (plain == null) {
      byte[] made = new byte[size(PLAIN)];
      ByteBuf to = Unpooled.wrappedBuffer(made).clear();
      write(PLAIN, to);
      plain = made;
    }
    return plain;
  }

  private static final Head PLAIN = new Head(0, false, false, 0, 0, true, NOTHING);

  /** The length of the packet. */
  int size(Head head) {
    int body = body(head);
    return 1 + PacketWriter.lengthOfVariable(body) + body;
  }

  private int ownProperties(Head head) {
    return (head.alias > 0 ? ALIAS_BYTES : 0) + head.identifiers.length + properties.length;
  }

  private int body(Head head) {
    int body = 2 + (head.hasTopic ? topic.length : 0) + (head.qos > 0 ? 2 : 0) + payload.length;
    if (version.isV5()) {
      int its = ownProperties(head);
      body += PacketWriter.lengthOfVariable(its) + its;
    }
    return body;
  }

  void write(Head head, ByteBuf to) {
    int flags = (head.dup ? 8 : 0) | head.qos << 1 | (head.retain ? 1 : 0);
    to.writeByte(PUBLISH | flags);
    variable(body(head), to);
    if (head.hasTopic) {
      to.writeShort(topic.length).writeBytes(topic);
    } else {
      to.writeShort(0);
    }
    if (head.qos > 0) {
      to.writeShort(head.packetId);
    }
    if (version.isV5()) {
      variable(ownProperties(head), to);
      if (head.alias > 0) {
        to.writeByte(Property.TOPIC_ALIAS.id()).writeShort(head.alias);
      }
      to.writeBytes(head.identifiers).writeBytes(properties);
    }
    to.writeBytes(payload);
  }

  private static void variable(int value, ByteBuf to) {
    int rest = value;
    while (rest > 0x7F) {
      to.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    to.writeByte(rest);
  }
}
