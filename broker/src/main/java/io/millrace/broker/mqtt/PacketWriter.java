package io.millrace.broker.mqtt;

import io.millrace.broker.mqtt.Packet.Acknowledgement;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Makes the packets that the server sends, but for PUBLISH ({@link PublishEncoding}). */
final class PacketWriter {
  private static final int CONNACK = 0x20;
  private static final int SUBACK = 0x90;
  private static final int UNSUBACK = 0xB0;
  private static final int DISCONNECT = 0xE0;
  private static final byte[] PINGRESP = {(byte) 0xD0, 0};
  private static final int LONGEST_REASON = 200;

  /** What MQTT 3.1.1 calls the codes of CONNACK (section 3.2.2.3 there). */
  private static final int V3_BAD_VERSION = 1;

  private static final int V3_BAD_IDENTIFIER = 2;
  private static final int V3_UNAVAILABLE = 3;
  private static final int V3_BAD_CREDENTIAL = 4;
  private static final int V3_NOT_AUTHORIZED = 5;

  private PacketWriter() {}

  /** Collects the bytes of one part of a packet. */
  static final class Fields {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

    Fields putByte(int value) {
      bytes.write(value);
      return this;
    }

    Fields putShort(int value) {
      return putByte(value >> 8).putByte(value);
    }

    Fields putInteger(long value) {
      return putShort((int) (value >> 16)).putShort((int) value);
    }

    Fields putVariable(int value) {
      int rest = value;
      while (rest > 0x7F) {
        putByte((rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      return putByte(rest);
    }

    Fields putBytes(byte[] value) {
      putShort(value.length);
      bytes.writeBytes(value);
      return this;
    }

    Fields putText(String text) {
      return putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A property of any kind but pairs. */
    Fields put(Property property, long value) {
      putByte(property.id());
      return switch (property.kind()) {
        case BYTE -> putByte((int) value);
        case SHORT -> putShort((int) value);
        case INTEGER -> putInteger(value);
        case VARIABLE -> putVariable((int) value);
        case TEXT, BYTES, PAIR -> throw new IllegalArgumentException(property + " is no number");
      };
    }

    Fields put(Property property, String text) {
      return putByte(property.id()).putText(text);
    }

    Fields put(Property property, byte[] value) {
      return putByte(property.id()).putBytes(value);
    }

    Fields putPair(String name, byte[] value) {
      return putByte(Property.USER_PROPERTY.id()).putText(name).putBytes(value);
    }

    /** Fields with their length before them. */
    Fields putCounted(Fields fields) {
      putVariable(fields.bytes.size());
      bytes.writeBytes(fields.bytes.toByteArray());
      return this;
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }

    private byte[] asPacket(int first) {
      Fields packet = new Fields();
      return packet.putByte(first).putCounted(this).toBytes();
    }
  }

  /** Properties behind others. */
  static byte[] joined(byte[] some, byte[] more) {
    if (more.length == 0) {
      return some;
    }
    byte[] both = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, both, some.length, more.length);
    return both;
  }

  /** How many bytes a number takes as a variable byte integer. */
  static int lengthOfVariable(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
  }

  /**
   * @param properties of MQTT 5
   */
  static byte[] connAck(
      Version version, boolean sessionPresent, ReasonCode reason, Fields properties) {
    Fields fields = new Fields().putByte(sessionPresent ? 1 : 0);
    if (version.isV5()) {
      fields.putByte(reason.code()).putCounted(properties);
    } else {
      fields.putByte(ofVersion3(reason));
    }
    return fields.asPacket(CONNACK);
  }

  private static int ofVersion3(ReasonCode reason) {
    return switch (reason) {
      case SUCCESS -> 0;
      case UNSUPPORTED_PROTOCOL_VERSION -> V3_BAD_VERSION;
      case CLIENT_IDENTIFIER_NOT_VALID -> V3_BAD_IDENTIFIER;
      case BAD_USER_NAME_OR_PASSWORD -> V3_BAD_CREDENTIAL;
      case SERVER_UNAVAILABLE, SERVER_BUSY, QUOTA_EXCEEDED -> V3_UNAVAILABLE;
      default -> V3_NOT_AUTHORIZED;
    };
  }

  /**
   * PUBACK, PUBREC, PUBREL or PUBCOMP.
   *
   * @param text for people; empty for none
   */
  static byte[] acknowledgement(
      Version version, Acknowledgement.Kind kind, int packetId, ReasonCode reason, String text) {
    int first =
        switch (kind) {
          case PUBACK -> 0x40;
          case PUBREC -> 0x50;
          case PUBREL -> 0x62;
          case PUBCOMP -> 0x70;
        };
    if (!version.isV5() || (reason == ReasonCode.SUCCESS && text.isEmpty())) {
      return new byte[] {(byte) first, 2, (byte) (packetId >> 8), (byte) packetId};
    }
    Fields fields = new Fields().putShort(packetId).putByte(reason.code());
    if (!text.isEmpty()) {
      fields.putCounted(reasonString(text));
    }
    return fields.asPacket(first);
  }

  /**
   * @param codes one for each filter: a QoS, or from 0x80 on a refusal
   */
  static byte[] subAck(Version version, int packetId, List<Integer> codes, String text) {
    Fields fields = new Fields().putShort(packetId);
    if (version.isV5()) {
      fields.putCounted(reasonString(text));
    }
    for (int code : codes) {
      fields.putByte(version.isV5() ? code : Math.min(code, Packet.FIRST_ERROR));
    }
    return fields.asPacket(SUBACK);
  }

  static byte[] unsubAck(Version version, int packetId, List<ReasonCode> codes) {
    Fields fields = new Fields().putShort(packetId);
    if (version.isV5()) {
      fields.putCounted(new Fields());
      codes.forEach(code -> fields.putByte(code.code()));
    }
    return fields.asPacket(UNSUBACK);
  }

  static byte[] pingResponse() {
    return PINGRESP;
  }

  /** Of MQTT 5; a server of 3.1.1 just closes. */
  static byte[] disconnect(ReasonCode reason, String text) {
    return new Fields().putByte(reason.code()).putCounted(reasonString(text)).asPacket(DISCONNECT);
  }

  /** The reason string as a property, or no property. */
  static Fields reasonString(String text) {
    Fields properties = new Fields();
    if (!text.isEmpty()) {
      properties.put(
          Property.REASON_STRING,
          text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text);
    }
    return properties;
  }
}
