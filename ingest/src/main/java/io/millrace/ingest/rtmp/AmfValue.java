package io.millrace.ingest.rtmp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A value of an Action Message Format. */
sealed interface AmfValue {
  AmfNull NULL = new AmfNull();

  record AmfNumber(double value) implements AmfValue {}

  record AmfBoolean(boolean value) implements AmfValue {}

  record AmfString(String value) implements AmfValue {}

  /** Null, undefined, and what this server has no use for. */
  record AmfNull() implements AmfValue {}

  /** An object, a typed object without its class name, or an ECMA array; in the order sent. */
  record AmfObject(Map<String, AmfValue> properties) implements AmfValue {
    /** A text property. */
    Optional<String> string(String name) {
      return properties.get(name) instanceof AmfString text
          ? Optional.of(text.value())
          : Optional.empty();
    }

    /** A number property. */
    OptionalDouble number(String name) {
      return properties.get(name) instanceof AmfNumber(double value)
          ? OptionalDouble.of(value)
          : OptionalDouble.empty();
    }
  }

  /** A strict array. */
  record AmfArray(List<AmfValue> values) implements AmfValue {}

  static AmfValue of(String value) {
    return new AmfString(value);
  }

  static AmfValue of(double value) {
    return new AmfNumber(value);
  }

  /** An object of names and values in turn. */
  static AmfObject object(Object... namesAndValues) {
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      AmfValue value =
          switch (namesAndValues[i + 1]) {
            case AmfValue amf -> amf;
            case Number number -> new AmfNumber(number.doubleValue());
            case Boolean bool -> new AmfBoolean(bool);
            case Object other -> new AmfString(other.toString());
          };
      properties.put((String) namesAndValues[i], value);
    }
    return new AmfObject(properties);
  }
}
