package io.millrace.broker.door;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

    /** A name that a client has chosen, fit for such a message. */
    public static String shown(String name) {
      String start = name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "…" : name;
      return start.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }
  }

  /** The value of the one field that is not looked into. */
  static final class Raw {
    private final byte[] bytes;

    Raw(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private static final int LONGEST_WORD = 64;
  private static final int LONGEST_SHOWN = 40;
  static final String PAYLOAD = "payload";

  /** Stands for a value of a type that no field has. */
  static final Object OTHER = new Object();

  /** Stands for a text that has half of a character. */
  static final Object HALF = new Object();

  private final Encoding encoding;
  private final Map<String, Object> values;
  private final @Nullable String problem;
  private final Set<String> asked = new HashSet<>();

  /**
   * @param problem that the object has as a whole; null where it has none
   */
  Fields(Encoding encoding, Map<String, Object> values, @Nullable String problem) {
    this.encoding = encoding;
    this.values = values;
    this.problem = problem;
  }

  /**
   * Reads one object.
   *
   * @throws BadFieldException when it is not one
   */
  public static Fields read(Encoding encoding, byte[] bytes) {
    return FieldsReader.one(encoding, bytes);
  }

  /**
   * Reads a JSON array of objects; of an element that is none nothing can be asked.
   *
   * @throws BadFieldException when it is not an array, or longer
   */
  public static List<Fields> readAll(byte[] json, int most) {
    return FieldsReader.all(json, most);
  }

  /** What is wrong with the object, whatever is asked of it; null where nothing is. */
  @Nullable String problem() {
    return problem;
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
    rejectProblem();
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
      if (!(raw instanceof Raw its)) {
        throw wrong(PAYLOAD, "a byte string");
      }
      return its.bytes;
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

  private void rejectProblem() {
    if (problem != null) {
      throw new BadFieldException(problem);
    }
  }

  /**
   * Finds fields that nobody asked for: a mistake in a name is told, not passed over.
   *
   * @throws BadFieldException when there is one, or the object has a problem as a whole
   */
  public void rejectOthers() {
    rejectProblem();
    for (String name : values.keySet()) {
      if (!asked.contains(name)) {
        throw new BadFieldException(
            "the field '" + BadFieldException.shown(name) + "' is not known here");
      }
    }
  }
}
