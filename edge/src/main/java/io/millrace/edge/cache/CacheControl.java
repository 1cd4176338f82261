package io.millrace.edge.cache;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The directives of a response's {@code Cache-Control} (RFC 9111 5.2.2) that a shared cache heeds.
 * Ages are in seconds. Where a directive comes twice with other values the stricter one holds; an
 * age that can't be read is 0.
 */
public record CacheControl(
    OptionalLong maxAge,
    OptionalLong sharedMaxAge,
    boolean noStore,
    boolean noCache,
    boolean isPrivate,
    boolean isPublic,
    boolean immutable) {
  private static final long MAX_AGE = Integer.MAX_VALUE;

  public static CacheControl parse(List<String> fields) {
    OptionalLong maxAge = OptionalLong.empty();
    OptionalLong sharedMaxAge = OptionalLong.empty();
    boolean noStore = false;
    boolean noCache = false;
    boolean isPrivate = false;
    boolean isPublic = false;
    boolean immutable = false;
    for (String field : fields) {
      for (String item : field.split(",", -1)) {
        int equals = item.indexOf('=');
        String name = (equals < 0 ? item : item.substring(0, equals)).strip();
        String value = equals < 0 ? "" : item.substring(equals + 1).strip().replace("\"", "");
        switch (name.toLowerCase(Locale.ROOT)) {
          case "max-age" -> maxAge = stricter(maxAge, value);
          case "s-maxage" -> sharedMaxAge = stricter(sharedMaxAge, value);
          case "no-store" -> noStore = true;
          case "no-cache" -> noCache = true;
          case "private" -> isPrivate = true;
          case "public" -> isPublic = true;
          case "immutable" -> immutable = true;
          default -> {
            // An extension that says nothing to us.
          }
        }
      }
    }
    return new CacheControl(maxAge, sharedMaxAge, noStore, noCache, isPrivate, isPublic, immutable);
  }

  private static OptionalLong stricter(OptionalLong before, String text) {
    long seconds = seconds(text);
    return OptionalLong.of(before.isPresent() ? Math.min(before.getAsLong(), seconds) : seconds);
  }

  /** Delta-seconds (RFC 9111 1.2.2): too large is the largest, not a number is 0. */
  static long seconds(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return 0;
    }
    return text.length() > 10 ? MAX_AGE : Math.min(MAX_AGE, Long.parseLong(text));
  }
}
