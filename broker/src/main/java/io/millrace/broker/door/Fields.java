package io.millrace.broker.door;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object from a client, of which a payload stays the bytes that it was. Each
 * field is to be asked for; {@link #rejectOthers} finds what nobody knows.
 */
public final class Fields {
  /** What a client sent is not what it has to be; the message is for the person there. */
  public static final class BadFieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadFieldException(String message) {
      super(message);
    }
  }

  /** The value of the one field that is not looked into. */
  private static final class Raw {
    private final byte[] bytes;

    private Raw(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private static final int LONGEST_WORD = 64;
  private static final int MAX_FIELDS = 256;
  private static final String PAYLOAD = "payload";

  private final Encoding encoding;
  private final Map<String, Object> values;
  private final Set<String> asked = new HashSet<>();

  private Fields(Encoding encoding, Map<String, Object> values) {
    this.encoding = encoding;
    this.values = values;
  }

  /**
   * Reads one object.
   *
   * @throws BadFieldException when it is not one
   */
  public static Fields read(Encoding encoding, byte[] bytes) {
    try (JsonParser parser = parser(encoding, bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new BadFieldException("one " + encoding + " object is expected");
      }
      Fields fields = object(encoding, parser, bytes);
      if (parser.nextToken() != null) {
        throw new BadFieldException("something follows the " + encoding + " object");
      }
      return fields;
    } catch (IOException e) {
      throw malformed(encoding, e);
    }
  }

  /**
   * Reads a JSON array of objects.
   *
   * @throws BadFieldException when it is not one, or longer
   */
  public static List<Fields> readAll(byte[] json, int most) {
    try (JsonParser parser = parser(Encoding.JSON, json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new BadFieldException("a JSON array is expected");
      }
      List<Fields> all = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw new BadFieldException("an array of JSON objects is expected");
        }
        if (all.size() == most) {
          throw new BadFieldException("the array has more than " + most + " elements");
        }
        all.add(object(Encoding.JSON, parser, json));
      }
      if (parser.nextToken() != null) {
        throw new BadFieldException("something follows the JSON array");
      }
      return all;
    } catch (IOException e) {
      throw malformed(Encoding.JSON, e);
    }
  }

  private static JsonParser parser(Encoding encoding, byte[] bytes) throws IOException {
    switch (encoding) {
      case JSON -> requireUtf8(bytes);
      case CBOR -> CborShape.check(bytes);
    }
    return encoding.factory().createParser(bytes);
  }

  /** The parser would guess UTF-16 and more from the first bytes. */
  private static void requireUtf8(byte[] json) {
    if (MessageFields.text(json) == null) {
      throw new BadFieldException("the text is not UTF-8");
    }
    if (Arrays.stream(new int[] {0, 1}).anyMatch(at -> at < json.length && json[at] == 0)) {
      throw new BadFieldException("the text is not JSON");
    }
  }

  private static BadFieldException malformed(Encoding encoding, IOException e) {
    return new BadFieldException(
        e instanceof JacksonException known && known.getLocation() != null
            ? "what came is not "
                + encoding
                + ", or too deep, at byte "
                + known.getLocation().getByteOffset()
            : "what came is not " + encoding);
  }

  /**
   * Reads on behind an object's opening.
   *
   * @param bytes that the parser reads; null within another object, where a payload is nothing
   *     special
   */
  private static Fields object(Encoding encoding, JsonParser parser, byte @Nullable [] bytes)
      throws IOException {
    Map<String, Object> values = new HashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      Object value =
          bytes != null && name.equals(PAYLOAD)
              ? raw(encoding, parser, bytes)
              : value(encoding, parser, token, name);
      if (values.put(name, value) != null) {
        throw new BadFieldException("the field '" + shown(name) + "' is there twice");
      }
      if (values.size() > MAX_FIELDS) {
        throw new BadFieldException("the object has too many fields");
      }
    }
    return new Fields(encoding, values);
  }

  private static Raw raw(Encoding encoding, JsonParser parser, byte[] bytes) throws IOException {
    if (encoding == Encoding.CBOR) {
      if (parser.currentToken() != JsonToken.VALUE_EMBEDDED_OBJECT) {
        throw new BadFieldException("the field '" + PAYLOAD + "' has to be a byte string");
      }
      return new Raw(parser.getBinaryValue());
    }
    int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    parser.skipChildren();
    parser.finishToken();
    int to = Math.toIntExact(parser.currentLocation().getByteOffset());
    return new Raw(Arrays.copyOfRange(bytes, from, to));
  }

  private static Object value(Encoding encoding, JsonParser parser, JsonToken token, String name)
      throws IOException {
    return switch (token) {
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> number(parser, name);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case START_OBJECT -> object(encoding, parser, null);
      default -> throw new BadFieldException("the field '" + shown(name) + "' has a wrong type");
    };
  }

  private static Long number(JsonParser parser, String name) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new BadFieldException("the field '" + shown(name) + "' is too large a number");
    }
    return parser.getLongValue();
  }

  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 40 ? clean.substring(0, 40) + "…" : clean;
  }

  private @Nullable Object take(String name) {
    Object value = values.get(name);
    if (value != null) {
      asked.add(name);
    }
    return value;
  }

  private static BadFieldException wrong(String name, String type) {
    return new BadFieldException("the field '" + name + "' has to be " + type);
  }

  /** A text; null where it is not there. */
  public @Nullable String string(String name) {
    Object value = take(name);
    if (value != null && !(value instanceof String)) {
      throw wrong(name, "a text");
    }
    return (String) value;
  }

  /** A text that has to be there, of bounded length. */
  public String required(String name, int longest) {
    String value = string(name);
    if (value == null) {
      throw new BadFieldException("the field '" + name + "' is missing");
    }
    if (value.length() > longest) {
      throw new BadFieldException(
          "the field '" + name + "' has at most " + longest + " characters");
    }
    return value;
  }

  /** A whole number within bounds. */
  public long number(String name, long fallback, long min, long max) {
    Object value = take(name);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw wrong(name, "a whole number from " + min + " to " + max);
  }

  /** A text or a whole number, as a text. */
  public @Nullable String scalar(String name) {
    Object value = take(name);
    if (value == null || value instanceof String || value instanceof Long) {
      return value == null ? null : value.toString();
    }
    throw wrong(name, "a text or a number");
  }

  public boolean bool(String name) {
    Object value = take(name);
    if (value != null && !(value instanceof Boolean)) {
      throw wrong(name, "true or false");
    }
    return value != null && (Boolean) value;
  }

  /** An object; null where it is not there. A text is allowed where the caller looks first. */
  public @Nullable Fields object(String name) {
    Object value = take(name);
    if (value != null && !(value instanceof Fields)) {
      throw wrong(name, "an object");
    }
    return (Fields) value;
  }

  /** A short text, for an answer that says what is wrong with the rest; null where it is none. */
  public @Nullable String word(String name) {
    return values.get(name) instanceof String text && text.length() <= LONGEST_WORD ? text : null;
  }

  public boolean isString(String name) {
    return values.get(name) instanceof String;
  }

  /** All fields as texts. */
  private Map<String, String> texts(String of) {
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (!(value instanceof String text)) {
            throw new BadFieldException("the values of '" + of + "' have to be texts");
          }
          texts.put(name, text);
        });
    return texts;
  }

  /**
   * A message to publish.
   *
   * @param topic where the object names none; null when it has to
   * @param messageId where the object names none
   */
  public Draft draft(@Nullable String topic, Optional<String> messageId) {
    String named = string("topic");
    if (named == null && topic == null) {
      throw new BadFieldException("the field 'topic' is missing");
    }
    Fields headers = object("headers");
    String id = string("messageId");
    String contentType = string("contentType");
    boolean isJson = encoding == Encoding.JSON && values.containsKey(PAYLOAD);
    return new Draft(
        named == null ? String.valueOf(topic) : named,
        payload(),
        Optional.ofNullable(contentType == null && isJson ? "application/json" : contentType),
        headers == null ? Map.of() : headers.texts("headers"),
        id == null ? messageId : Optional.of(id),
        bool("retain"),
        number("ttl", 0, 1, Long.MAX_VALUE));
  }

  private byte[] payload() {
    Object raw = take(PAYLOAD);
    String text = string("text");
    String base64 = encoding == Encoding.JSON ? string("base64") : null;
    if ((raw == null ? 0 : 1) + (text == null ? 0 : 1) + (base64 == null ? 0 : 1) > 1) {
      throw new BadFieldException("only one of payload, text and base64 may be there");
    }
    if (raw != null) {
      return ((Raw) raw).bytes;
    }
    if (base64 == null) {
      return text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new BadFieldException("the field 'base64' is not base64");
    }
  }

  /**
   * Finds fields that nobody asked for: a mistake in a name is told, not passed over.
   *
   * @throws BadFieldException when there is one
   */
  public void rejectOthers() {
    for (String name : values.keySet()) {
      if (!asked.contains(name)) {
        throw new BadFieldException("the field '" + shown(name) + "' is not known here");
      }
    }
  }
}
