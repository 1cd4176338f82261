package io.millrace.edge.viewing;

import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The token that came with a request.
 *
 * @param inQuery as {@code ?token=}, which the addresses in a playlist then need too; a token in
 *     the {@code Authorization} field is sent by the player with each request
 */
public record Token(String value, boolean inQuery) {
  private static final int MAX_LENGTH = 4096;

  public static Optional<Token> of(String rawQuery, MultiMap headers) {
    Optional<String> query = parameter(rawQuery, "token").filter(text -> !text.isEmpty());
    if (query.isPresent()) {
      return query.filter(text -> text.length() <= MAX_LENGTH).map(text -> new Token(text, true));
    }
    String authorization = headers.get("Authorization");
    if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(authorization.substring(7).strip())
          .filter(text -> !text.isEmpty() && text.length() <= MAX_LENGTH)
          .map(text -> new Token(text, false));
    }
    return Optional.empty();
  }

  /** The first value of a query's parameter, decoded; empty when absent or badly encoded. */
  static Optional<String> parameter(String rawQuery, String name) {
    for (String pair : rawQuery.split("&", -1)) {
      if (pair.startsWith(name)
          && pair.length() > name.length()
          && pair.charAt(name.length()) == '=') {
        try {
          return Optional.of(
              URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Hides the value. */
  @Override
  public String toString() {
    return "***";
  }
}
