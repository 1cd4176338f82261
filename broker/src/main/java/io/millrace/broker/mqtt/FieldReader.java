package io.millrace.broker.mqtt;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the fields of one whole packet (section 1.5). Nothing is read beyond its end. */
final class FieldReader {
  private static final int MOST_USER_PROPERTIES = 1000;

  private final byte[] bytes;
  private final int end;
  private int at;

  FieldReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  int remaining() {
    return end - at;
  }

  int readByte() throws MqttException {
    require(1);
    return bytes[at++] & 0xFF;
  }

  int readShort() throws MqttException {
    require(2);
    at += 2;
    return (bytes[at - 2] & 0xFF) << 8 | (bytes[at - 1] & 0xFF);
  }

  long readInteger() throws MqttException {
    return (long) readShort() << 16 | readShort();
  }

  /** A packet identifier, which is never 0. */
  int readPacketId() throws MqttException {
    int id = readShort();
    if (id == 0) {
      throw MqttException.malformed("a packet identifier is 0");
    }
    return id;
  }

  /** Section 1.5.5: at most four bytes, in the shortest form. */
  int readVariable() throws MqttException {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int next = readByte();
      value |= (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        if (next == 0 && shift > 0) {
          throw MqttException.malformed("a variable byte integer is longer than it needs to be");
        }
        return value;
      }
    }
    throw MqttException.malformed("a variable byte integer has more than four bytes");
  }

  byte[] readBytes() throws MqttException {
    int length = readShort();
    require(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  byte[] readRest() {
    byte[] rest = Arrays.copyOfRange(bytes, at, end);
    at = end;
    return rest;
  }

  /** Section 1.5.4: UTF-8, well-formed, without U+0000. */
  String readText() throws MqttException {
    int length = readShort();
    require(length);
    int from = at;
    at += length;
    for (int i = from; i < at; i++) {
      if (bytes[i] <= 0) {
        return unusual(from, length);
      }
    }
    return new String(bytes, from, length, StandardCharsets.US_ASCII);
  }

  private String unusual(int from, int length) throws MqttException {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, from, length))
              .toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      throw MqttException.malformed("a text is not UTF-8");
    }
    throw MqttException.malformed("a text has U+0000");
  }

  /** Section 2.2.2. */
  Properties readProperties(Property.Place place) throws MqttException {
    int length = readVariable();
    if (length == 0) {
      return Properties.NONE;
    }
    require(length);
    FieldReader fields = new FieldReader(bytes, at, at + length);
    at += length;
    Map<Property, Object> values = new EnumMap<>(Property.class);
    List<Properties.Pair> user = new ArrayList<>(4);
    while (fields.remaining() > 0) {
      int id = fields.readVariable();
      Property property = Property.of(id);
      if (property == null) {
        throw MqttException.malformed("there is no property " + id);
      }
      if (!property.isAllowedIn(place)) {
        throw MqttException.protocol("the property " + property + " has no place in " + place);
      }
      if (property == Property.USER_PROPERTY) {
        if (user.size() == MOST_USER_PROPERTIES) {
          throw new MqttException(
              ReasonCode.QUOTA_EXCEEDED, "a packet has more user properties than are taken");
        }
        user.add(new Properties.Pair(fields.readText(), fields.readText()));
      } else if (values.put(property, fields.readValue(property)) != null) {
        throw MqttException.protocol("the property " + property + " comes twice");
      }
    }
    return new Properties(values, user);
  }

  private Object readValue(Property property) throws MqttException {
    return switch (property.kind()) {
      case BYTE -> flag(property, readByte());
      case SHORT -> positive(property, readShort());
      case INTEGER -> positive(property, readInteger());
      case VARIABLE -> positive(property, readVariable());
      case TEXT -> readText();
      case BYTES -> readBytes();
      case PAIR -> throw new IllegalStateException("pairs are read apart");
    };
  }

  private static Long flag(Property property, int value) throws MqttException {
    if (value > 1) {
      throw MqttException.protocol("the property " + property + " is neither 0 nor 1");
    }
    return (long) value;
  }

  private static Long positive(Property property, long value) throws MqttException {
    boolean mayBeZero =
        switch (property) {
          // An alias of 0 has a reason code of its own, where it is used.
          case SUBSCRIPTION_IDENTIFIER, RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE -> false;
          default -> true;
        };
    if (value == 0 && !mayBeZero) {
      throw MqttException.protocol("the property " + property + " is 0");
    }
    return value;
  }

  private void require(int length) throws MqttException {
    if (end - at < length) {
      throw MqttException.malformed("a packet ends within a field");
    }
  }
}
