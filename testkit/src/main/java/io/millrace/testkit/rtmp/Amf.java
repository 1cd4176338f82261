package io.millrace.testkit.rtmp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Action Message Formats of plain Java values: {@code null}, {@link Boolean}, {@link Number},
 * {@link String}, {@link Map} (an object) and {@link List} (a strict array).
 */
public final class Amf {
  private static final int MAX_DEPTH = 64;

  private final byte[] in;
  private int at;

  private Amf(byte[] in) {
    this.in = in;
  }

  /** AMF0 of values, one after the other. */
  public static byte[] amf0(@Nullable Object... values) {
    Bytes out = new Bytes();
    for (Object value : values) {
      write(value, out);
    }
    return out.toArray();
  }

  /**
   * A command as Flash sends it after it asked for AMF3: a format byte, name and transaction as
   * AMF0, everything else as AMF3 behind avmplus markers.
   */
  public static byte[] flashCommand(String name, double transaction, @Nullable Object... values) {
    Bytes out = new Bytes().u8(0).add(amf0(name, transaction));
    for (Object value : values) {
      out.u8(0x11);
      write3(value, out);
    }
    return out.toArray();
  }

  /** An object in the order given. */
  public static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }

  /**
   * The values of an AMF0 message from a server.
   *
   * @throws IllegalArgumentException when it is no AMF0, or uses what servers don't
   */
  public static List<@Nullable Object> read(byte[] message) {
    Amf reader = new Amf(message);
    List<@Nullable Object> values = new ArrayList<>();
    while (reader.at < message.length) {
      values.add(reader.value(0));
    }
    return values;
  }

  private static void write(@Nullable Object value, Bytes out) {
    switch (value) {
      case null -> out.u8(5);
      case Boolean bool -> out.u8(1).u8(bool ? 1 : 0);
      case Number number -> out.u8(0).f64(number.doubleValue());
      case Map<?, ?> object -> {
        out.u8(3);
        object.forEach(
            (name, property) -> {
              byte[] bytes = utf8(name);
              out.u16(bytes.length).add(bytes);
              write(property, out);
            });
        out.u24(9);
      }
      case List<?> array -> {
        out.u8(10).u32(array.size());
        array.forEach(item -> write(item, out));
      }
      default -> {
        byte[] bytes = utf8(value);
        out.u8(2).u16(bytes.length).add(bytes);
      }
    }
  }

  private static void write3(@Nullable Object value, Bytes out) {
    switch (value) {
      case null -> out.u8(1);
      case Boolean bool -> out.u8(bool ? 3 : 2);
      case Integer number -> in29(number & 0x1FFFFFFF, out.u8(4));
      case Number number -> out.u8(5).f64(number.doubleValue());
      case Map<?, ?> object -> {
        out.u8(10);
        in29(0x0B, out);
        text3("", out);
        object.forEach(
            (name, property) -> {
              text3(name, out);
              write3(property, out);
            });
        text3("", out);
      }
      case List<?> array -> {
        out.u8(9);
        in29(array.size() << 1 | 1, out);
        text3("", out);
        array.forEach(item -> write3(item, out));
      }
      default -> text3(value, out.u8(6));
    }
  }

  private static void text3(Object text, Bytes out) {
    byte[] bytes = utf8(text);
    in29(bytes.length << 1 | 1, out);
    out.add(bytes);
  }

  private static void in29(int value, Bytes out) {
    if (value >= 1 << 21) {
      out.u8((value >> 22) | 0x80).u8((value >> 15) | 0x80).u8((value >> 8) | 0x80).u8(value);
      return;
    }
    for (int shift = 14; shift > 0; shift -= 7) {
      if (value >= 1 << shift) {
        out.u8(((value >> shift) & 0x7F) | 0x80);
      }
    }
    out.u8(value & 0x7F);
  }

  private static byte[] utf8(Object text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("nested deeper than " + MAX_DEPTH);
    }
    int type = (int) unsigned(1);
    return switch (type) {
      case 0 -> Double.longBitsToDouble((unsigned(4) << 32) | unsigned(4));
      case 1 -> unsigned(1) != 0;
      case 2 -> text();
      case 5, 6 -> null;
      case 3 -> properties(depth);
      case 8 -> {
        unsigned(4);
        yield properties(depth);
      }
      case 10 -> array(unsigned(4), depth);
      default -> throw new IllegalArgumentException("AMF0 type " + type + " at " + at);
    };
  }

  private List<@Nullable Object> array(long count, int depth) {
    List<@Nullable Object> items = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      items.add(value(depth + 1));
    }
    return items;
  }

  private Map<String, @Nullable Object> properties(int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    while (true) {
      String name = text();
      if (name.isEmpty()) {
        unsigned(1);
        return object;
      }
      object.put(name, value(depth + 1));
    }
  }

  private String text() {
    int length = (int) unsigned(2);
    at += length;
    if (at > in.length) {
      throw new IllegalArgumentException("text ends at " + at + " of " + in.length);
    }
    return new String(in, at - length, length, StandardCharsets.UTF_8);
  }

  private long unsigned(int count) {
    if (at + count > in.length) {
      throw new IllegalArgumentException("ends at " + in.length);
    }
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (in[at++] & 0xFF);
    }
    return value;
  }
}
