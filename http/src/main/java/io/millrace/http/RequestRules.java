package io.millrace.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What a listener asks of every request, whatever it is for: an address that can be served, a body
 * of a bounded length, and no credential in clear text where there is TLS. Decides only;
 * thread-safe.
 */
final class RequestRules {
  private static final Set<HttpMethod> BODIES =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  /**
   * A request that no mount sees.
   *
   * @param reason a word for the counter of refusals
   * @param isLast whether the bytes that follow on its connection mean nothing
   */
  record Refusal(String reason, Problem problem, boolean isLast) {}

  private final HttpConfig.Limits limits;
  private final TrustedProxies proxies;
  private final AtomicBoolean vouchedFor;

  /**
   * @param vouchedFor whether the certificate in force is one that browsers believe
   */
  RequestRules(HttpConfig config, AtomicBoolean vouchedFor) {
    this.limits = config.limits();
    this.proxies = config.trustedProxies();
    this.vouchedFor = vouchedFor;
  }

  /**
   * @param tlsPort where credentials are taken; empty where there is no TLS
   * @param ownBodies whether its mount bounds bodies itself
   * @return empty where the request may go to its mount
   */
  Optional<Refusal> refusal(HttpServerRequest request, OptionalInt tlsPort, boolean ownBodies) {
    String path = request.path();
    if (path == null || !path.startsWith("/") || climbs(path)) {
      return Optional.of(
          new Refusal(
              "malformed",
              new Problem(400, "malformed-request", "The address is not one that can be served"),
              false));
    }
    if (isCoded(request)) {
      return Optional.of(
          new Refusal(
              "coding-not-known",
              new Problem(
                  501, "coding-not-known", "Of transfer codings only 'chunked' is known here"),
              true));
    }
    if (!ownBodies && announced(request) > limits.bodyBytes()) {
      return Optional.of(
          new Refusal(
              "body-too-large",
              new Problem(
                  413,
                  "body-too-large",
                  "A request's body may have " + limits.bodyBytes() + " bytes"),
              true));
    }
    if (tlsPort.isPresent() && isCredentialInClear(request)) {
      return Optional.of(
          new Refusal(
              "credential-in-clear",
              new Problem(
                  403,
                  "tls-required",
                  "Credentials are taken over HTTPS only, on port "
                      + tlsPort.getAsInt()
                      + "; this one has been readable on its way and should be changed"),
              false));
    }
    return Optional.empty();
  }

  /** What is wrong with a request that could not be decoded. */
  Refusal malformed(HttpServerRequest request) {
    Throwable cause = request.decoderResult() == null ? null : request.decoderResult().cause();
    Problem problem =
        switch (cause) {
          case TooLongHttpLineException e ->
              new Problem(
                  414, "uri-too-long", "An address may have " + limits.uriBytes() + " bytes");
          case TooLongHttpHeaderException e ->
              new Problem(
                  431,
                  "headers-too-large",
                  "Header fields may have " + limits.headerBytes() + " bytes");
          case null, default ->
              new Problem(400, "malformed-request", "This is not an HTTP request");
        };
    return new Refusal(problem.status() == 400 ? "malformed" : problem.code(), problem, true);
  }

  /** Until when a request's body has to be there, in the clock of {@code now}. */
  long bodyDeadline(HttpServerRequest request, long now) {
    // Over HTTP/2 a body needs neither field.
    boolean hasBody =
        announced(request) > 0
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
            || (request.version() == HttpVersion.HTTP_2 && BODIES.contains(request.method()));
    return hasBody ? now + limits.bodyTimeout().toMillis() : Long.MAX_VALUE;
  }

  /**
   * Where there is TLS, a credential in clear text from another machine is a mistake. A playback
   * token in the address is one only where browsers believe the certificate: players cannot use
   * another one.
   */
  private boolean isCredentialInClear(HttpServerRequest request) {
    boolean credential =
        request.headers().contains(HttpHeaders.AUTHORIZATION)
            || (vouchedFor.get() && holdsToken(request.query()));
    return credential && !proxies.isSecure(request) && !proxies.clientOf(request).isThisMachine();
  }

  private static boolean holdsToken(@Nullable String query) {
    return query != null && (query.startsWith("token=") || query.contains("&token="));
  }

  /** Whether a body would have to be decoded before it is one (RFC 9112, section 6.1). */
  private static boolean isCoded(HttpServerRequest request) {
    List<String> codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    return !codings.isEmpty()
        && (codings.size() > 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked"));
  }

  /** The announced length; 0 where there is none. */
  private static long announced(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null || request.method().equals(HttpMethod.CONNECT)) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(length));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Whether a path has a {@code ..} segment, plain or encoded; browsers resolve them themselves.
   */
  private static boolean climbs(String path) {
    String plain = path.replace("%2e", ".").replace("%2E", ".");
    return plain.contains("/../") || plain.endsWith("/..");
  }
}
