package io.millrace.broker.door;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How what clients and the server say to each other is written as bytes; it is the same in each. An
 * object may be put together of its head and its tail: what a door says of a message comes first,
 * what is the same for all whom the message concerns is encoded once and follows.
 */
@SuppressWarnings("ImmutableEnumChecker") // nobody changes a factory or the separator
public enum Encoding {
  /** RFC 8259. */
  JSON(Encoding::jsonFactory, '{', new byte[] {','}),

  /** RFC 8949; what is put together of two parts is of indefinite length (section 3.2.2). */
  CBOR(Encoding::cborFactory, 0xBF, new byte[0]);

  static final int MAX_DEPTH = 64;

  /** What a client is told of objects and arrays that are deeper. */
  static final String TOO_DEEP =
      "what came is nested too deeply: " + MAX_DEPTH + " levels are allowed";

  private static final int MAX_LENGTH = 1 << 28;

  /** A factory keeps the names of thousands of texts: those of longer ones are forgotten. */
  private static final int LONGEST_SHARED = 4096;

  private final Supplier<JsonFactory> factories;
  private final JsonFactory factory;
  private final int open;
  private final byte[] separator;

  Encoding(Supplier<JsonFactory> factories, int open, byte[] separator) {
    this.factories = factories;
    this.factory = factories.get();
    this.open = open;
    this.separator = separator;
  }

  private static JsonFactory jsonFactory() {
    return new JsonFactoryBuilder()
        .streamReadConstraints(constraints())
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  private static CBORFactory cborFactory() {
    return CBORFactory.builder()
        .streamReadConstraints(constraints())
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .build();
  }

  /** A frame's length is bounded before, so what is in it needs no bound of its own. */
  private static StreamReadConstraints constraints() {
    return StreamReadConstraints.builder()
        .maxNestingDepth(MAX_DEPTH)
        .maxStringLength(MAX_LENGTH)
        .maxNumberLength(MAX_LENGTH)
        .maxNameLength(MAX_LENGTH)
        .build();
  }

  private JsonFactory factory(int length) {
    return length > LONGEST_SHARED ? factories.get() : factory;
  }

  JsonParser parser(byte[] bytes) throws IOException {
    return factory(bytes.length).createParser(bytes);
  }

  JsonParser parser(String text) throws IOException {
    return factory(text.length()).createParser(text);
  }

  JsonGenerator generator(OutputStream to) {
    try {
      return factory.createGenerator(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A whole object. */
  public byte[] bytes(JsonObject object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator to = generator(bytes)) {
      write(object, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The first fields of an object; the rest follows as {@link #tail} makes it. */
  public byte[] head(JsonObject fields) {
    byte[] whole = bytes(fields);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.write(open);
    int end = this == JSON ? whole.length - 1 : whole.length;
    head.write(whole, 1, end - 1);
    head.writeBytes(separator);
    return head.toByteArray();
  }

  /** What is behind the opening of an object that a {@link #generator} has written. */
  static byte[] tail(ByteArrayOutputStream object) {
    byte[] whole = object.toByteArray();
    return Arrays.copyOfRange(whole, 1, whole.length);
  }

  /**
   * An object whose last field is an array of objects.
   *
   * @param tails of the objects in the array
   */
  byte[] withArray(JsonObject fields, String name, List<byte[]> tails) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator to = generator(bytes)) {
      to.writeStartObject();
      writeFields(fields, to);
      to.writeArrayFieldStart(name);
      // The generator has nothing left to write between the array's two ends but these.
      to.flush();
      for (int i = 0; i < tails.size(); i++) {
        if (i > 0) {
          bytes.writeBytes(separator);
        }
        bytes.write(open);
        bytes.writeBytes(tails.get(i));
      }
      to.writeEndArray();
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(@Nullable Object value, JsonGenerator to) throws IOException {
    switch (value) {
      case null -> to.writeNull();
      case String text -> to.writeString(text);
      case Boolean bool -> to.writeBoolean(bool);
      case Integer number -> to.writeNumber(number);
      case Long number -> to.writeNumber(number);
      case JsonArray array -> {
        to.writeStartArray(array, array.size());
        for (Object element : array) {
          write(element, to);
        }
        to.writeEndArray();
      }
      case JsonObject object -> {
        // Of a length that the head tells in one byte.
        to.writeStartObject(object, object.size());
        writeFields(object, to);
        to.writeEndObject();
      }
      default -> throw new IllegalArgumentException("no frame has a " + value.getClass());
    }
  }

  private static void writeFields(JsonObject object, JsonGenerator to) throws IOException {
    for (Map.Entry<String, Object> field : object) {
      to.writeFieldName(field.getKey());
      write(field.getValue(), to);
    }
  }
}
