package io.millrace.broker.door;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.millrace.broker.door.Fields.BadFieldException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads objects from a client. What is no such object at all fails; what is wrong within one is
 * kept with its {@link Fields}, so that whoever asks for them knows whose request it was.
 */
final class FieldsReader {
  private static final int MAX_FIELDS = 256;

  private final Encoding encoding;
  private final JsonParser parser;
  private final byte[] bytes;

  private FieldsReader(Encoding encoding, JsonParser parser, byte[] bytes) {
    this.encoding = encoding;
    this.parser = parser;
    this.bytes = bytes;
  }

  /**
   * Reads one object.
   *
   * @throws BadFieldException when it is not one
   */
  static Fields one(Encoding encoding, byte[] bytes) {
    try (JsonParser parser = parser(encoding, bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new BadFieldException("one " + encoding + " object is expected");
      }
      Fields fields = new FieldsReader(encoding, parser, bytes).object(true);
      if (parser.nextToken() != null) {
        throw new BadFieldException("something follows the " + encoding + " object");
      }
      return fields;
    } catch (IOException e) {
      throw malformed(encoding, e);
    }
  }

  /**
   * Reads a JSON array of objects; what is none of its elements is one with nothing but a problem.
   *
   * @throws BadFieldException when it is not one, or longer
   */
  static List<Fields> all(byte[] json, int most) {
    try (JsonParser parser = parser(Encoding.JSON, json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new BadFieldException("a JSON array is expected");
      }
      FieldsReader reader = new FieldsReader(Encoding.JSON, parser, json);
      List<Fields> all = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (all.size() == most) {
          throw new BadFieldException("the array has more than " + most + " elements");
        }
        all.add(reader.element());
      }
      if (parser.nextToken() != null) {
        throw new BadFieldException("something follows the JSON array");
      }
      return all;
    } catch (IOException e) {
      throw malformed(Encoding.JSON, e);
    }
  }

  private Fields element() throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return object(true);
    }
    parser.skipChildren();
    return new Fields(encoding, Map.of(), "a JSON object is expected");
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
   * @param isWhole false within another object, where a payload is nothing special
   */
  private Fields object(boolean isWhole) throws IOException {
    Map<String, Object> values = new HashMap<>();
    String problem = null;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      Object value = isWhole && name.equals(Fields.PAYLOAD) ? raw() : value();
      String wrong = null;
      if (isHalf(name)) {
        wrong = "a field's name has half of a character: a surrogate without its other one";
      } else if (value.equals(Fields.HALF)) {
        wrong =
            "the field '"
                + BadFieldException.shown(name)
                + "' has half of a character: a surrogate without its other one";
      } else if (value instanceof Fields within) {
        wrong = within.problem();
      }
      if (values.size() == MAX_FIELDS) {
        wrong = "the object has too many fields";
      } else if (values.putIfAbsent(name, value) != null) {
        wrong = "the field '" + BadFieldException.shown(name) + "' is there twice";
      }
      problem = problem == null ? wrong : problem;
    }
    return new Fields(encoding, values, problem);
  }

  private Object raw() throws IOException {
    if (encoding == Encoding.CBOR) {
      if (parser.currentToken() != JsonToken.VALUE_EMBEDDED_OBJECT) {
        parser.skipChildren();
        return Fields.OTHER;
      }
      return new Fields.Raw(parser.getBinaryValue());
    }
    int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    parser.skipChildren();
    parser.finishToken();
    int to = Math.toIntExact(parser.currentLocation().getByteOffset());
    return new Fields.Raw(Arrays.copyOfRange(bytes, from, to));
  }

  private Object value() throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> {
        String text = parser.getText();
        yield isHalf(text) ? Fields.HALF : text;
      }
      case VALUE_NUMBER_INT -> number();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case START_OBJECT -> object(false);
      default -> {
        parser.skipChildren();
        yield Fields.OTHER;
      }
    };
  }

  private Object number() throws IOException {
    try {
      return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? Fields.OTHER
          : (Object) parser.getLongValue();
    } catch (StreamConstraintsException e) {
      // It has more digits than the parser would make a number of.
      return Fields.OTHER;
    }
  }

  /** Whether a text has half of a character, which no UTF-8 has and JSON's escapes can write. */
  private static boolean isHalf(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
