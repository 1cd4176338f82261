package io.millrace.broker.door;

import io.millrace.access.TopicCredential;
import io.millrace.http.ClientAddress;
import io.millrace.http.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a request presents: {@code Authorization}, or {@code token} in its address. */
public final class Credentials {
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";
  private static final Pattern LOOPBACK =
      Pattern.compile("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");

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
        // A page of another site must not be let in for the sake of the browser's machine, nor one
        // whose name was made to lead here.
        client.isThisMachine() && isAskedByAddress(request) && !isOfAnotherSite(request),
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

  /** Whether the request names this machine as only this machine does. */
  private static boolean isAskedByAddress(HttpServerRequest request) {
    HostAndPort asked = request.authority();
    String host = asked == null ? "" : asked.host().toLowerCase(Locale.ROOT);
    return host.equals("localhost") || host.equals("[::1]") || LOOPBACK.matcher(host).matches();
  }

  private static boolean isOfAnotherSite(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return false;
    }
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null || !authority.equalsIgnoreCase(String.valueOf(request.authority()));
    } catch (IllegalArgumentException e) {
      return true;
    }
  }
}
