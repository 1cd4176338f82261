package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfBoolean;
import io.millrace.ingest.rtmp.AmfValue.AmfNull;
import io.millrace.ingest.rtmp.AmfValue.AmfNumber;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import io.millrace.ingest.rtmp.AmfValue.AmfString;
import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the Action Message Format 0 (Adobe AMF0, 2007). A value that has switched to
 * AMF3 is read too.
 */
final class Amf0 {
  private static final int NUMBER = 0;
  private static final int BOOLEAN = 1;
  private static final int STRING = 2;
  private static final int OBJECT = 3;
  private static final int NULL = 5;
  private static final int UNDEFINED = 6;
  private static final int REFERENCE = 7;
  private static final int ECMA_ARRAY = 8;
  private static final int OBJECT_END = 9;
  private static final int STRICT_ARRAY = 10;
  private static final int DATE = 11;
  private static final int LONG_STRING = 12;
  private static final int UNSUPPORTED = 13;
  private static final int XML = 15;
  private static final int TYPED_OBJECT = 16;
  private static final int AVMPLUS = 17;

  private final AmfInput in;
  private final Amf3 amf3;

  private Amf0(AmfInput in) {
    this.in = in;
    this.amf3 = new Amf3(in);
  }

  /**
   * The values of a message, in order. Reading stops without complaint at a value of an unknown
   * type: nobody can tell its length. An object may lack its end marker at the message's end.
   *
   * @throws MalformedMediaException when a value is cut, nested deeper than 16 or when there are
   *     more than 4096
   */
  static List<AmfValue> read(Buffer message) {
    AmfInput in = new AmfInput(message);
    Amf0 reader = new Amf0(in);
    List<AmfValue> result = new ArrayList<>();
    while (in.left() > 0 && !in.hasGivenUp()) {
      AmfValue value = reader.value(0);
      if (!in.hasGivenUp() || !(value instanceof AmfNull)) {
        result.add(value);
      }
    }
    return result;
  }

  /** Appends a value. Texts longer than 65,535 bytes become long strings. */
  static void write(AmfValue value, Buffer out) {
    switch (value) {
      case AmfNumber number -> out.appendByte((byte) NUMBER).appendDouble(number.value());
      case AmfBoolean bool ->
          out.appendByte((byte) BOOLEAN).appendByte((byte) (bool.value() ? 1 : 0));
      case AmfString text -> {
        byte[] bytes = text.value().getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= 0xFFFF) {
          out.appendByte((byte) STRING).appendUnsignedShort(bytes.length);
        } else {
          out.appendByte((byte) LONG_STRING).appendInt(bytes.length);
        }
        out.appendBytes(bytes);
      }
      case AmfNull _ -> out.appendByte((byte) NULL);
      case AmfObject object -> {
        out.appendByte((byte) OBJECT);
        object
            .properties()
            .forEach(
                (name, property) -> {
                  byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
                  out.appendUnsignedShort(bytes.length).appendBytes(bytes);
                  write(property, out);
                });
        out.appendUnsignedShort(0).appendByte((byte) OBJECT_END);
      }
      case AmfArray array -> {
        out.appendByte((byte) STRICT_ARRAY).appendInt(array.values().size());
        array.values().forEach(item -> write(item, out));
      }
    }
  }

  /** The values one after the other, as a command's or data message's payload. */
  static Buffer write(AmfValue... message) {
    Buffer out = Buffer.buffer();
    for (AmfValue value : message) {
      write(value, out);
    }
    return out;
  }

  private AmfValue value(int depth) {
    in.enter(depth);
    int type = in.unsignedByte();
    return switch (type) {
      case NUMBER -> new AmfNumber(in.number());
      case BOOLEAN -> new AmfBoolean(in.unsignedByte() != 0);
      case STRING -> new AmfString(in.text(in.unsignedShort()));
      case LONG_STRING, XML -> new AmfString(in.text(in.unsignedInt()));
      case NULL, UNDEFINED, UNSUPPORTED -> AmfValue.NULL;
      case REFERENCE -> {
        in.skip(2);
        yield AmfValue.NULL;
      }
      case DATE -> {
        double millis = in.number();
        in.skip(2);
        yield new AmfNumber(millis);
      }
      case OBJECT -> properties(depth);
      case TYPED_OBJECT -> {
        in.text(in.unsignedShort());
        yield properties(depth);
      }
      case ECMA_ARRAY -> {
        in.skip(4); // The count is only a hint, and often wrong.
        yield properties(depth);
      }
      case STRICT_ARRAY -> array(in.unsignedInt(), depth);
      case AVMPLUS -> amf3.value(depth + 1);
      default -> {
        in.giveUp();
        yield AmfValue.NULL;
      }
    };
  }

  private AmfObject properties(int depth) {
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    while (in.left() > 0 && !in.hasGivenUp()) {
      String name = in.text(in.unsignedShort());
      if (name.isEmpty() && in.peek() == OBJECT_END) {
        in.skip(1);
        break;
      }
      if (in.left() == 0) {
        break;
      }
      properties.put(name, value(depth + 1));
    }
    return new AmfObject(properties);
  }

  private AmfArray array(long count, int depth) {
    List<AmfValue> items = new ArrayList<>();
    for (long i = 0; i < count && !in.hasGivenUp(); i++) {
      items.add(value(depth + 1));
    }
    return new AmfArray(items);
  }
}
