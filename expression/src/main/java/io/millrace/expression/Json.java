package io.millrace.expression;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that may be JSON, parsed when the first expression asks and then kept: one instance a
 * message, for all expressions.
 *
 * <p>A number without fraction and exponent that fits 64 bits is an int, every other one the
 * nearest double. Of a name that is there twice the last one counts. The whole must be one JSON
 * value ({@link Failure#NOT_JSON}) of at most {@link #MAX_BYTES}, nested at most {@link #MAX_DEPTH}
 * deep ({@link Failure#TOO_LARGE}).
 *
 * <p>May be used by any thread. Two that ask first at the same time both parse: that is cheaper
 * than one that waits.
 */
public final class Json {
  /** A payload of more bytes is not looked at; parsing has to fit into an event loop's turn. */
  public static final int MAX_BYTES = 256 << 10;

  /** How deep objects and arrays may be in one another. */
  public static final int MAX_DEPTH = 64;

  private static final int MAX_NUMBER_LENGTH = 400;

  /** A factory keeps the names of thousands of payloads: those of longer ones are forgotten. */
  private static final int LONGEST_SHARED = 4096;

  private static final JsonFactory FACTORY = factory();

  private final byte[] bytes;
  private final int from;
  private final int length;
  private volatile @Nullable Object value;

  private Json(byte[] bytes, int from, int length) {
    this.bytes = bytes;
    this.from = from;
    this.length = length;
  }

  /** All of the array, which must not change any more. */
  public static Json of(byte[] bytes) {
    return new Json(bytes, 0, bytes.length);
  }

  /** A part of an array that must not change any more. */
  public static Json of(byte[] bytes, int from, int length) {
    Objects.checkFromIndexSize(from, length, bytes.length);
    return new Json(bytes, from, length);
  }

  /**
   * {@link Map} by {@link String}, {@link List}, {@link String}, {@link Long}, {@link Double},
   * {@link Boolean} or {@link Null}; or a {@link Failure}. Nobody may change it.
   */
  public Object value() {
    Object known = value;
    if (known == null) {
      known = parse();
      value = known;
    }
    return known;
  }

  private static JsonFactory factory() {
    return new JsonFactoryBuilder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_NUMBER_LENGTH)
                .maxStringLength(MAX_BYTES)
                .maxNameLength(MAX_BYTES)
                .build())
        // Names come from strangers; interned ones would never leave.
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  private Object parse() {
    if (length > MAX_BYTES) {
      return Failure.TOO_LARGE;
    }
    JsonFactory factory = length > LONGEST_SHARED ? factory() : FACTORY;
    try (JsonParser parser = factory.createParser(bytes, from, length)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return Failure.NOT_JSON;
      }
      Object whole = read(parser, first);
      return parser.nextToken() == null ? whole : Failure.NOT_JSON;
    } catch (StreamConstraintsException e) {
      return Failure.TOO_LARGE;
    } catch (JacksonException e) {
      return Failure.NOT_JSON;
    } catch (IOException e) {
      // Bytes that are no text in the encoding that the first of them announce.
      return Failure.NOT_JSON;
    }
  }

  private static Object read(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> Null.NULL;
      default -> throw new IllegalStateException("a value starts with " + token);
    };
  }

  private static Object integer(JsonParser parser) throws IOException {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? (Object) parser.getDoubleValue()
        : (Object) parser.getLongValue();
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    String name = parser.nextFieldName();
    if (name == null) {
      return Map.of();
    }
    Map<String, Object> fields = new HashMap<>();
    while (name != null) {
      fields.put(name, read(parser, parser.nextToken()));
      name = parser.nextFieldName();
    }
    return fields;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.END_ARRAY) {
      return List.of();
    }
    List<Object> elements = new ArrayList<>();
    while (token != JsonToken.END_ARRAY) {
      elements.add(read(parser, token));
      token = parser.nextToken();
    }
    return elements;
  }
}
