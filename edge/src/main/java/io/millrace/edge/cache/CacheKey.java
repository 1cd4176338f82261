package io.millrace.edge.cache;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What distinguishes two objects: the path, and for playlists the delivery directives in a fixed
 * order (HLS H4, H5, L25). Everything else of a query (tokens, CMCD, unknown directives) selects no
 * content and is left out, so it neither splits the cache nor reaches the origin (H10). Directives
 * are few and short whatever is sent: numbers lose their leading zeros, and a value that cannot be,
 * or two of one name, become the one wrong value that the origin refuses.
 */
public record CacheKey(String path, String query) {
  /** Since when a stream is to be played; by seconds since 1970, however it was written. */
  private static final String START = "start";

  /** They are whole: no directive selects anything of them. */
  private static final String RECORDINGS = "/play/vod/";

  private static final Set<String> DIRECTIVES = Set.of("_HLS_msn", "_HLS_part", "_HLS_skip", START);
  private static final Pattern NUMBER = Pattern.compile("0*(\\d{1,10})");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,10}(\\.\\d{1,3})?");
  private static final Pattern SKIP = Pattern.compile("YES|v2");
  private static final String WRONG = "wrong";

  /**
   * @param rawQuery as sent, without {@code ?}
   */
  public static CacheKey of(String path, String rawQuery) {
    if (rawQuery.isEmpty() || !path.endsWith(".m3u8") || path.startsWith(RECORDINGS)) {
      return new CacheKey(path, "");
    }
    SortedMap<String, String> kept = new TreeMap<>();
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (DIRECTIVES.contains(name)) {
        String value = value(name, equals < 0 ? "" : pair.substring(equals + 1));
        kept.merge(name, value, (one, other) -> one.equals(other) ? one : WRONG);
      }
    }
    return new CacheKey(
        path,
        kept.entrySet().stream()
            .map(directive -> directive.getKey() + "=" + directive.getValue())
            .collect(Collectors.joining("&")));
  }

  private static String time(String text) {
    try {
      if (SECONDS.matcher(text).matches()) {
        return new BigDecimal(text).setScale(3).toPlainString();
      }
      Instant time =
          OffsetDateTime.parse(URLDecoder.decode(text, StandardCharsets.UTF_8)).toInstant();
      return time.isBefore(Instant.EPOCH)
          ? "0.000"
          : BigDecimal.valueOf(time.toEpochMilli(), 3).toPlainString();
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
      return WRONG;
    }
  }

  private static String value(String name, String text) {
    if (name.equals("_HLS_skip")) {
      return SKIP.matcher(text).matches() ? text : WRONG;
    }
    if (name.equals(START)) {
      return time(text);
    }
    Matcher number = NUMBER.matcher(text);
    return number.matches() ? number.group(1) : WRONG;
  }
}
