package io.millrace.broker.mqtt;

import org.jspecify.annotations.Nullable;

/** The properties of MQTT 5 (section 2.2.2.2), and where a client may send them. */
enum Property {
  PAYLOAD_FORMAT_INDICATOR(0x01, Kind.BYTE, Place.PUBLISH, Place.WILL),
  MESSAGE_EXPIRY_INTERVAL(0x02, Kind.INTEGER, Place.PUBLISH, Place.WILL),
  CONTENT_TYPE(0x03, Kind.TEXT, Place.PUBLISH, Place.WILL),
  RESPONSE_TOPIC(0x08, Kind.TEXT, Place.PUBLISH, Place.WILL),
  CORRELATION_DATA(0x09, Kind.BYTES, Place.PUBLISH, Place.WILL),
  SUBSCRIPTION_IDENTIFIER(0x0B, Kind.VARIABLE, Place.SUBSCRIBE),
  SESSION_EXPIRY_INTERVAL(0x11, Kind.INTEGER, Place.CONNECT, Place.DISCONNECT),
  ASSIGNED_CLIENT_IDENTIFIER(0x12, Kind.TEXT),
  SERVER_KEEP_ALIVE(0x13, Kind.SHORT),
  AUTHENTICATION_METHOD(0x15, Kind.TEXT, Place.CONNECT, Place.AUTH),
  AUTHENTICATION_DATA(0x16, Kind.BYTES, Place.CONNECT, Place.AUTH),
  REQUEST_PROBLEM_INFORMATION(0x17, Kind.BYTE, Place.CONNECT),
  WILL_DELAY_INTERVAL(0x18, Kind.INTEGER, Place.WILL),
  REQUEST_RESPONSE_INFORMATION(0x19, Kind.BYTE, Place.CONNECT),
  REASON_STRING(0x1F, Kind.TEXT, Place.ACKNOWLEDGEMENT, Place.DISCONNECT, Place.AUTH),
  RECEIVE_MAXIMUM(0x21, Kind.SHORT, Place.CONNECT),
  TOPIC_ALIAS_MAXIMUM(0x22, Kind.SHORT, Place.CONNECT),
  TOPIC_ALIAS(0x23, Kind.SHORT, Place.PUBLISH),
  MAXIMUM_QOS(0x24, Kind.BYTE),
  RETAIN_AVAILABLE(0x25, Kind.BYTE),
  /** Anywhere, and as often as one likes. */
  USER_PROPERTY(
      0x26,
      Kind.PAIR,
      Place.CONNECT,
      Place.WILL,
      Place.PUBLISH,
      Place.ACKNOWLEDGEMENT,
      Place.SUBSCRIBE,
      Place.UNSUBSCRIBE,
      Place.DISCONNECT,
      Place.AUTH),
  MAXIMUM_PACKET_SIZE(0x27, Kind.INTEGER, Place.CONNECT),
  WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Kind.BYTE),
  SUBSCRIPTION_IDENTIFIERS_AVAILABLE(0x29, Kind.BYTE),
  SHARED_SUBSCRIPTION_AVAILABLE(0x2A, Kind.BYTE);

  /** How a value is written. */
  enum Kind {
    BYTE,
    SHORT,
    INTEGER,
    VARIABLE,
    TEXT,
    BYTES,
    PAIR
  }

  /** Where a client may send it. */
  enum Place {
    CONNECT(1),
    WILL(1 << 1),
    PUBLISH(1 << 2),
    ACKNOWLEDGEMENT(1 << 3),
    SUBSCRIBE(1 << 4),
    UNSUBSCRIBE(1 << 5),
    DISCONNECT(1 << 6),
    AUTH(1 << 7);

    private final int bit;

    Place(int bit) {
      this.bit = bit;
    }
  }

  private static final @Nullable Property[] BY_ID = new @Nullable Property[0x2B];

  static {
    for (Property property : values()) {
      BY_ID[property.id] = property;
    }
  }

  private final int id;
  private final Kind kind;

  /** One bit for each place. */
  private final int places;

  Property(int id, Kind kind, Place... places) {
    this.id = id;
    this.kind = kind;
    int bits = 0;
    for (Place place : places) {
      bits |= place.bit;
    }
    this.places = bits;
  }

  int id() {
    return id;
  }

  Kind kind() {
    return kind;
  }

  boolean isAllowedIn(Place place) {
    return (places & place.bit) != 0;
  }

  /** Null where there is none of this number. */
  static @Nullable Property of(int id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
  }
}
