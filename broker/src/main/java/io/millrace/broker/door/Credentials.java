package io.millrace.broker.door;

import io.millrace.access.TopicCredential;
import io.millrace.http.ClientAddress;
import io.millrace.http.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what a request presents: {@code Authorization}, or {@code token} in its address. */
public final class Credentials {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private Credentials() {}

  /**
   * Reads a request's credential.
   *
   * @param protocol the door's word
   */
  public static TopicCredential of(
      HttpServerRequest request, TrustedProxies proxies, String protocol) {
    ClientAddress client = proxies.clientOf(request);
    Optional<String> user = Optional.empty();
    Optional<String> secret = Optional.empty();
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (startsWith(header, BEARER)) {
      secret = Optional.of(String.valueOf(header).substring(BEARER.length()).strip());
    } else if (startsWith(header, BASIC)) {
      String decoded = decoded(String.valueOf(header).substring(BASIC.length()).strip());
      int colon = decoded.indexOf(':');
      user = Optional.of(colon < 0 ? decoded : decoded.substring(0, colon));
      secret = Optional.of(colon < 0 ? "" : decoded.substring(colon + 1));
    } else {
      secret = Optional.ofNullable(request.getParam("token"));
    }
    return new TopicCredential(
        user,
        secret,
        Optional.empty(),
        client.host(),
        // A page of another site must not be let in for the sake of the browser's machine.
        client.isThisMachine() && !isOfAnotherSite(request),
        protocol);
  }

  private static boolean startsWith(@Nullable String header, String scheme) {
    return header != null && header.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static boolean isOfAnotherSite(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return false;
    }
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null || !authority.equalsIgnoreCase(request.getHeader(HttpHeaders.HOST));
    } catch (IllegalArgumentException e) {
      return true;
    }
  }
}
