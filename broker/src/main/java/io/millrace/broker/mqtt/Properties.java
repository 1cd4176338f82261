package io.millrace.broker.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The properties of one packet from a client. Made by {@link FieldReader}, then never changed. */
final class Properties {
  /** A name and its value; names may repeat. */
  record Pair(String name, String value) {}

  /** None. */
  static final Properties NONE = new Properties(new EnumMap<>(Property.class), List.of());

  private final Map<Property, Object> values;
  private final List<Pair> user;

  Properties(Map<Property, Object> values, List<Pair> user) {
    this.values = values;
    this.user = user;
  }

  boolean has(Property property) {
    return values.containsKey(property);
  }

  /** A number, whatever its width on the wire. */
  long number(Property property, long fallback) {
    return values.get(property) instanceof Long number ? number : fallback;
  }

  Optional<String> text(Property property) {
    return Optional.ofNullable(values.get(property) instanceof String text ? text : null);
  }

  byte @Nullable [] bytes(Property property) {
    return values.get(property) instanceof byte[] bytes ? bytes : null;
  }

  /** The user properties in their order. */
  List<Pair> user() {
    return user;
  }

  /** As they are on the wire, without their length. */
  PacketWriter.Fields fields() {
    PacketWriter.Fields fields = new PacketWriter.Fields();
    values.forEach(
        (property, value) -> {
          switch (value) {
            case Long number -> fields.put(property, number);
            case String text -> fields.put(property, text);
            case byte[] bytes -> fields.put(property, bytes);
            default -> throw new IllegalStateException("no value of a property: " + value);
          }
        });
    user.forEach(
        pair -> fields.putPair(pair.name(), pair.value().getBytes(StandardCharsets.UTF_8)));
    return fields;
  }
}
