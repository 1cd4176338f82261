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

  private static final String HALF = " has half of a character: a surrogate without its other one";

  private interface Reading<T> {
    T by(FieldsReader reader) throws IOException;
  }

  private final Encoding encoding;
  private final JsonParser parser;
  private final byte[] bytes;
  private final boolean hasStandIns;

  /**
   * @param hasStandIns whether the parser reads {@link HalfCharacters#STAND_IN} for halves that
   *     these bytes have
   */
  private FieldsReader(Encoding encoding, JsonParser parser, byte[] bytes, boolean hasStandIns) {
    this.encoding = encoding;
    this.parser = parser;
    this.bytes = bytes;
    this.hasStandIns = hasStandIns;
  }

  /**
   * Reads one object.
   *
   * @throws BadFieldException when it is not one
   */
  static Fields one(Encoding encoding, byte[] bytes) {
    return read(encoding, bytes, FieldsReader::whole);
  }

  private Fields whole() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new BadFieldException("one " + encoding + " object is expected");
    }
    Fields fields = object(true);
    if (parser.nextToken() != null) {
      throw new BadFieldException("something follows the " + encoding + " object");
    }
    return fields;
  }

  /**
   * Reads a JSON array of objects; what is none of its elements is one with nothing but a problem.
   *
   * @throws BadFieldException when it is not one, or longer
   */
  static List<Fields> all(byte[] json, int most) {
    return read(Encoding.JSON, json, reader -> reader.elements(most));
  }

  private List<Fields> elements(int most) throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new BadFieldException("a JSON array is expected");
    }
    List<Fields> all = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (all.size() == most) {
        throw new BadFieldException("the array has more than " + most + " elements");
      }
      all.add(element());
    }
    if (parser.nextToken() != null) {
      throw new BadFieldException("something follows the JSON array");
    }
    return all;
  }

  private Fields element() throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return object(true);
    }
    parser.skipChildren();
    return new Fields(encoding, Map.of(), "a JSON object is expected");
  }

  private static <T> T read(Encoding encoding, byte[] bytes, Reading<T> reading) {
    switch (encoding) {
      case JSON -> requireUtf8(bytes);
      case CBOR -> CborShape.check(bytes);
    }
    try (JsonParser parser = encoding.parser(bytes)) {
      return reading.by(new FieldsReader(encoding, parser, bytes, false));
    } catch (IOException e) {
      byte[] replaced = encoding == Encoding.JSON ? HalfCharacters.replaced(bytes) : null;
      if (replaced == null) {
        throw malformed(encoding, e);
      }
      return read(bytes, replaced, reading);
    }
  }

  /** Reads on where the parser had stopped at half of a character. */
  private static <T> T read(byte[] json, byte[] replaced, Reading<T> reading) {
    try (JsonParser parser = Encoding.JSON.parser(replaced)) {
      return reading.by(new FieldsReader(Encoding.JSON, parser, json, true));
    } catch (IOException e) {
      throw malformed(Encoding.JSON, e);
    }
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
    if (e instanceof StreamConstraintsException) {
      // Of what the parser bounds, only the depth is not bounded before.
      return new BadFieldException(Encoding.TOO_DEEP);
    }
    return new BadFieldException(
        "what came is not "
            + encoding
            + (e instanceof JacksonException known && known.getLocation() != null
                ? ", at byte " + known.getLocation().getByteOffset()
                : ""));
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
        wrong = "a field's name" + HALF;
      } else if (value.equals(Fields.HALF)) {
        wrong = "the field '" + BadFieldException.shown(name) + "'" + HALF;
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
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? Fields.OTHER
        : (Object) parser.getLongValue();
  }

  private boolean isHalf(String text) {
    return HalfCharacters.isIn(text) || (hasStandIns && text.indexOf(HalfCharacters.STAND_IN) >= 0);
  }
}
