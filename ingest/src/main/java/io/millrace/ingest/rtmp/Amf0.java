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

/** Reads and writes the Action Message Format 0 (Adobe AMF0, 2007). */
final class Amf0 {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_VALUES = 4096;
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
  private static final String WHERE = "AMF0";

  private final Buffer in;
  private int at;
  private int values;
  private boolean unknown;

  private Amf0(Buffer in) {
    this.in = in;
  }

  /**
   * The values of a message, in order. Reading stops without complaint at a value of an unknown
   * type: nobody can tell its length. An object may lack its end marker at the message's end.
   *
   * @throws MalformedMediaException when a value is cut, nested deeper than 16 or when there are
   *     more than 4096
   */
  static List<AmfValue> read(Buffer message) {
    Amf0 reader = new Amf0(message);
    List<AmfValue> result = new ArrayList<>();
    while (reader.left() > 0) {
      AmfValue value = reader.value(0);
      if (reader.unknown && value instanceof AmfNull) {
        break;
      }
      result.add(value);
      if (reader.unknown) {
        break;
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
    if (depth > MAX_DEPTH) {
      throw malformed("is nested deeper than " + MAX_DEPTH);
    }
    if (++values > MAX_VALUES) {
      throw malformed("has more than " + MAX_VALUES + " values");
    }
    int type = in.getUnsignedByte(need(1));
    return switch (type) {
      case NUMBER -> new AmfNumber(in.getDouble(need(8)));
      case BOOLEAN -> new AmfBoolean(in.getByte(need(1)) != 0);
      case STRING -> new AmfString(text(in.getUnsignedShort(need(2))));
      case LONG_STRING, XML -> new AmfString(text(in.getUnsignedInt(need(4))));
      case NULL, UNDEFINED, UNSUPPORTED -> AmfValue.NULL;
      case REFERENCE -> {
        need(2);
        yield AmfValue.NULL;
      }
      case DATE -> {
        int number = need(8);
        need(2);
        yield new AmfNumber(in.getDouble(number));
      }
      case OBJECT -> properties(depth);
      case TYPED_OBJECT -> {
        text(in.getUnsignedShort(need(2)));
        yield properties(depth);
      }
      case ECMA_ARRAY -> {
        need(4); // The count is only a hint, and often wrong.
        yield properties(depth);
      }
      case STRICT_ARRAY -> array(in.getUnsignedInt(need(4)), depth);
      default -> {
        unknown = true;
        yield AmfValue.NULL;
      }
    };
  }

  private AmfObject properties(int depth) {
    Map<String, AmfValue> properties = new LinkedHashMap<>();
    while (left() > 0 && !unknown) {
      String name = text(in.getUnsignedShort(need(2)));
      if (name.isEmpty() && left() > 0 && in.getByte(at) == OBJECT_END) {
        at++;
        break;
      }
      if (left() == 0) {
        break;
      }
      properties.put(name, value(depth + 1));
    }
    return new AmfObject(properties);
  }

  private AmfArray array(long count, int depth) {
    List<AmfValue> items = new ArrayList<>();
    for (long i = 0; i < count && !unknown; i++) {
      items.add(value(depth + 1));
    }
    return new AmfArray(items);
  }

  private String text(long length) {
    if (length > left()) {
      throw malformed("text of " + length + " bytes in " + left());
    }
    int from = need((int) length);
    return in.getString(from, from + (int) length, "UTF-8");
  }

  private int left() {
    return in.length() - at;
  }

  /** Steps over bytes that must be there, and returns where they begin. */
  private int need(int count) {
    if (left() < count) {
      throw malformed("ends too early");
    }
    int from = at;
    at += count;
    return from;
  }

  private MalformedMediaException malformed(String problem) {
    return new MalformedMediaException(WHERE, at, problem);
  }
}
