package io.millrace.broker.mqtt;

import io.millrace.broker.mqtt.Packet.Acknowledgement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes packets of what comes from a client, in whatever pieces (sections 2 and 3). The first one
 * says which version the others are of. Grows with what has come, never by what is announced.
 */
final class PacketReader {
  private static final int CONNECT = 1;
  private static final int PUBLISH = 3;
  private static final int PUBACK = 4;
  private static final int PUBREC = 5;
  private static final int PUBREL = 6;
  private static final int PUBCOMP = 7;
  private static final int SUBSCRIBE = 8;
  private static final int UNSUBSCRIBE = 10;
  private static final int PINGREQ = 12;
  private static final int DISCONNECT = 14;
  private static final int AUTH = 15;

  /** What strangers may make the server keep. */
  private static final int LONGEST_CONNECT = 1 << 17;

  private static final int MOST_FILTERS = 10_000;
  private static final int LONGEST_LENGTH = 4;
  private static final byte[] NOTHING = {};

  private final int maxPacketBytes;
  private byte[] bytes = NOTHING;
  private int start;
  private int end;
  private @Nullable Version version;

  PacketReader(int maxPacketBytes) {
    this.maxPacketBytes = maxPacketBytes;
  }

  /** Takes what has come; {@link #next} is to be asked until it has none. */
  void feed(byte[] more) {
    if (start == end) {
      bytes = more;
      start = 0;
      end = more.length;
      return;
    }
    int waiting = end - start;
    if (end + more.length > bytes.length || bytes.length == 0) {
      byte[] grown =
          new byte[Math.max(waiting + more.length, Math.min(waiting * 2, maxPacketBytes))];
      System.arraycopy(bytes, start, grown, 0, waiting);
      bytes = grown;
      start = 0;
      end = waiting;
    }
    System.arraycopy(more, 0, bytes, end, more.length);
    end += more.length;
  }

  /** The next packet; null when it has not come as a whole. */
  @Nullable Packet next() throws MqttException {
    int length = 0;
    int at = start + 1;
    for (int i = 0; ; i++) {
      if (i == LONGEST_LENGTH) {
        throw MqttException.malformed("the remaining length has more than four bytes");
      }
      if (at >= end) {
        return null;
      }
      int next = bytes[at++];
      length |= (next & 0x7F) << (7 * i);
      if ((next & 0x80) == 0) {
        break;
      }
    }
    int type = (bytes[start] & 0xF0) >> 4;
    if (version == null && type != CONNECT) {
      throw MqttException.protocol("the first packet has to be CONNECT");
    }
    int most = version == null ? Math.min(maxPacketBytes, LONGEST_CONNECT) : maxPacketBytes;
    if (at - start + (long) length > most) {
      throw new MqttException(
          ReasonCode.PACKET_TOO_LARGE, "a packet has at most " + most + " bytes here");
    }
    if (end - at < length) {
      return null;
    }
    int flags = bytes[start] & 0x0F;
    FieldReader fields = new FieldReader(bytes, at, at + length);
    start = at + length;
    Packet packet = packet(type, flags, fields);
    if (fields.remaining() > 0) {
      throw MqttException.malformed("a packet is longer than what is in it");
    }
    if (start == end) {
      bytes = NOTHING;
      start = 0;
      end = 0;
    }
    return packet;
  }

  private Packet packet(int type, int flags, FieldReader fields) throws MqttException {
    if (type == PUBLISH) {
      return publish(flags, fields);
    }
    int wanted = type == PUBREL || type == SUBSCRIBE || type == UNSUBSCRIBE ? 2 : 0;
    if (flags != wanted) {
      if (type == CONNECT && version == null) {
        // It is answered in the version that it would have had.
        version = spoken(fields);
      }
      throw MqttException.malformed("the flags of packet type " + type + " are " + flags);
    }
    return switch (type) {
      case CONNECT -> connect(fields);
      case PUBACK -> acknowledgement(Acknowledgement.Kind.PUBACK, fields);
      case PUBREC -> acknowledgement(Acknowledgement.Kind.PUBREC, fields);
      case PUBREL -> acknowledgement(Acknowledgement.Kind.PUBREL, fields);
      case PUBCOMP -> acknowledgement(Acknowledgement.Kind.PUBCOMP, fields);
      case SUBSCRIBE -> subscribe(fields);
      case UNSUBSCRIBE -> unsubscribe(fields);
      case PINGREQ -> new Packet.PingRequest();
      case DISCONNECT -> disconnect(fields);
      case AUTH -> auth(fields);
      default -> throw MqttException.protocol("clients do not send packet type " + type);
    };
  }

  /** That of the connection; the older one as long as nothing has said so. */
  Version version() {
    return version == null ? Version.V3_1_1 : version;
  }

  private boolean isV5() {
    return version == Version.V5;
  }

  private Properties properties(FieldReader fields, Property.Place place) throws MqttException {
    return isV5() ? fields.readProperties(place) : Properties.NONE;
  }

  private Packet connect(FieldReader fields) throws MqttException {
    if (version != null) {
      throw MqttException.protocol("CONNECT comes twice");
    }
    Version spoken = spoken(fields);
    version = spoken;
    int flags = fields.readByte();
    boolean hasWill = (flags & 1 << 2) != 0;
    int willQos = flags >> 3 & 3;
    boolean willRetain = (flags & 1 << 5) != 0;
    boolean hasPassword = (flags & 1 << 6) != 0;
    boolean hasUser = (flags & 1 << 7) != 0;
    if ((flags & 1) != 0 || willQos > 2 || (!hasWill && (willQos != 0 || willRetain))) {
      throw MqttException.malformed("the flags of CONNECT contradict each other");
    }
    if (hasPassword && !hasUser && spoken == Version.V3_1_1) {
      throw MqttException.malformed("a password without a user name");
    }
    int keepAlive = fields.readShort();
    Properties properties = properties(fields, Property.Place.CONNECT);
    String clientId = fields.readText();
    Packet.Will will = null;
    if (hasWill) {
      Properties its = properties(fields, Property.Place.WILL);
      will = new Packet.Will(fields.readText(), fields.readBytes(), willQos, willRetain, its);
    }
    Optional<String> user = hasUser ? Optional.of(fields.readText()) : Optional.empty();
    byte[] password = hasPassword ? fields.readBytes() : null;
    return new Packet.Connect(
        spoken, clientId, (flags & 2) != 0, keepAlive, user, password, will, properties);
  }

  private static Version spoken(FieldReader fields) throws MqttException {
    String name = fields.readText();
    int level = fields.readByte();
    Version spoken = level == Version.V5.level() ? Version.V5 : Version.V3_1_1;
    if (!name.equals("MQTT") || level != spoken.level()) {
      throw new MqttException(
          ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "MQTT 3.1.1 and 5 are spoken here");
    }
    return spoken;
  }

  private Packet publish(int flags, FieldReader fields) throws MqttException {
    int qos = flags >> 1 & 3;
    boolean dup = (flags & 8) != 0;
    if (qos > 2 || (qos == 0 && dup)) {
      throw MqttException.malformed("the flags of PUBLISH are " + flags);
    }
    String topic = fields.readText();
    int packetId = qos > 0 ? fields.readPacketId() : 0;
    Properties properties = properties(fields, Property.Place.PUBLISH);
    return new Packet.Publish(
        dup, qos, (flags & 1) != 0, topic, packetId, properties, fields.readRest());
  }

  private Packet acknowledgement(Acknowledgement.Kind kind, FieldReader fields)
      throws MqttException {
    int id = fields.readPacketId();
    int reason = 0;
    if (isV5() && fields.remaining() > 0) {
      reason = fields.readByte();
      if (fields.remaining() > 0) {
        fields.readProperties(Property.Place.ACKNOWLEDGEMENT);
      }
    }
    return new Acknowledgement(kind, id, reason);
  }

  private Packet subscribe(FieldReader fields) throws MqttException {
    int id = fields.readPacketId();
    Properties properties = properties(fields, Property.Place.SUBSCRIBE);
    List<Packet.Filter> filters = new ArrayList<>();
    while (fields.remaining() > 0) {
      String text = fields.readText();
      int options = fields.readByte();
      filters.add(
          new Packet.Filter(
              text, isV5() ? SubscriptionOptions.of(options) : SubscriptionOptions.ofQos(options)));
      requireFew(filters);
    }
    requireSome(filters);
    return new Packet.Subscribe(id, properties, filters);
  }

  private Packet unsubscribe(FieldReader fields) throws MqttException {
    int id = fields.readPacketId();
    Properties properties = properties(fields, Property.Place.UNSUBSCRIBE);
    List<String> filters = new ArrayList<>();
    while (fields.remaining() > 0) {
      filters.add(fields.readText());
      requireFew(filters);
    }
    requireSome(filters);
    return new Packet.Unsubscribe(id, properties, filters);
  }

  private static void requireFew(List<?> filters) throws MqttException {
    if (filters.size() > MOST_FILTERS) {
      throw new MqttException(
          ReasonCode.QUOTA_EXCEEDED, "a packet has at most " + MOST_FILTERS + " filters");
    }
  }

  private static void requireSome(List<?> filters) throws MqttException {
    if (filters.isEmpty()) {
      throw MqttException.protocol("a packet without any filter");
    }
  }

  private Packet disconnect(FieldReader fields) throws MqttException {
    int reason = 0;
    Properties properties = Properties.NONE;
    if (isV5() && fields.remaining() > 0) {
      reason = fields.readByte();
      if (fields.remaining() > 0) {
        properties = fields.readProperties(Property.Place.DISCONNECT);
      }
    }
    return new Packet.Disconnect(reason, properties);
  }

  private Packet auth(FieldReader fields) throws MqttException {
    if (!isV5()) {
      throw MqttException.protocol("AUTH is of MQTT 5");
    }
    int reason = 0;
    Properties properties = Properties.NONE;
    if (fields.remaining() > 0) {
      reason = fields.readByte();
      properties = fields.readProperties(Property.Place.AUTH);
    }
    return new Packet.Auth(reason, properties);
  }

  /** What has come and is no whole packet yet, for tests of the bound. */
  byte[] waiting() {
    return Arrays.copyOfRange(bytes, start, end);
  }
}
