package io.millrace.broker.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message in their order; a name may come more than once. Values are bytes, as in
 * Kafka, and UTF-8 where a door shows them as text. Immutable; the arrays inside belong to it.
 *
 * <p>Names that begin with {@value #OWN} are the platform's own: no producer can set them and no
 * consumer sees them. CloudEvents attributes are ordinary headers ({@code ce_type}) and pass
 * through untouched.
 */
public final class Headers {
  /** The prefix of the platform's own headers. */
  public static final String OWN = "mr-";

  /** RFC 9110 8.3, also CloudEvents' Kafka binding 3.2.1. */
  public static final String CONTENT_TYPE = "content-type";

  /** Where the message of a record in a namespace's companion lies in the log. */
  public static final String AT = OWN + "at";

  /** None. */
  public static final Headers NONE = new Headers(List.of(), List.of());

  private final String[] names;
  private final byte[][] values;

  private Headers(List<String> names, List<byte[]> values) {
    this.names = names.toArray(String[]::new);
    this.values = values.toArray(byte[][]::new);
  }

  public int size() {
    return names.length;
  }

  public String name(int index) {
    return names[index];
  }

  /** Not to be changed by the caller. */
  public byte[] value(int index) {
    return values[index];
  }

  /** The first of this name (case counts), as text; null when there is none. */
  public @Nullable String text(String name) {
    byte @Nullable [] value = bytes(name);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /** The first of this name (case counts); null when there is none. Not to be changed. */
  public byte @Nullable [] bytes(String name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    return null;
  }

  public void forEach(BiConsumer<String, byte[]> each) {
    for (int i = 0; i < names.length; i++) {
      each.accept(names[i], values[i]);
    }
  }

  /** Bytes of all names and values, for limits. */
  public int sizeInBytes() {
    int size = 0;
    for (int i = 0; i < names.length; i++) {
      size += names[i].length() + values[i].length;
    }
    return size;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Headers that
        && Arrays.equals(names, that.names)
        && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(names) + Arrays.deepHashCode(values);
  }

  /** Names only: values may be anything and long. */
  @Override
  public String toString() {
    return Arrays.toString(names);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Collects headers in order. Used once, by one thread. */
  public static final class Builder {
    private final List<String> names = new ArrayList<>(4);
    private final List<byte[]> values = new ArrayList<>(4);

    private Builder() {}

    /** The array belongs to the headers from now on. */
    public Builder add(String name, byte[] value) {
      names.add(name);
      values.add(value);
      return this;
    }

    public Builder add(String name, String value) {
      return add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    public Headers build() {
      return names.isEmpty() ? NONE : new Headers(names, values);
    }
  }
}
