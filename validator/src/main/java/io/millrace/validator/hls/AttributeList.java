package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The attributes of one tag (RFC 8216bis 4.2), names to values, quotes taken off.
 *
 * @param values in the order in which they were written
 */
public record AttributeList(Map<String, String> values) {
  private static final Pattern NAME = Pattern.compile("[A-Z0-9-]+");
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,18}(\\.\\d{1,18})?");

  public AttributeList {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Reads {@code NAME=value,NAME="quoted"}.
   *
   * @throws MalformedPlaylistException on anything else, and when a name comes twice
   */
  public static AttributeList parse(String text, int line) {
    Map<String, String> values = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw new MalformedPlaylistException(line, "attribute without a value: " + text);
      }
      String name = text.substring(at, equals);
      if (!NAME.matcher(name).matches()) {
        throw new MalformedPlaylistException(line, "bad attribute name '" + name + "'");
      }
      int end;
      String value;
      if (equals + 1 < text.length() && text.charAt(equals + 1) == '"') {
        int quote = text.indexOf('"', equals + 2);
        if (quote < 0) {
          throw new MalformedPlaylistException(line, "unclosed quote in " + text);
        }
        value = text.substring(equals + 2, quote);
        end = quote + 1;
      } else {
        int comma = text.indexOf(',', equals);
        end = comma < 0 ? text.length() : comma;
        value = text.substring(equals + 1, end);
        if (value.isEmpty() || value.contains(" ")) {
          throw new MalformedPlaylistException(line, "bad value of " + name);
        }
      }
      if ((end < text.length() && text.charAt(end) != ',') || end == text.length() - 1) {
        throw new MalformedPlaylistException(line, "no comma after " + name);
      }
      if (values.put(name, value) != null) {
        throw new MalformedPlaylistException(line, name + " comes twice");
      }
      at = end + 1;
    }
    return new AttributeList(values);
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** A number that is not negative; empty when it is not there or is none. */
  public Optional<BigDecimal> decimal(String name) {
    return text(name).filter(value -> DECIMAL.matcher(value).matches()).map(BigDecimal::new);
  }

  public boolean yes(String name) {
    return "YES".equals(values.get(name));
  }
}
