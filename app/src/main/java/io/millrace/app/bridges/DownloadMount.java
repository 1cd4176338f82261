package io.millrace.app.bridges;

import io.millrace.edge.PlayAttempt;
import io.millrace.edge.PlayAuthorizer;
import io.millrace.edge.PlayDecision;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.TrustedProxies;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /download/{asset}.mp4}: a recording as one file, for whoever may play it, with the
 * same tokens.
 */
public final class DownloadMount {
  private static final String PREFIX = "/download";
  private static final Pattern PATH =
      Pattern.compile("/download/([0-7][0-9A-HJKMNP-TV-Z]{25})\\.mp4");
  private static final String BEARER = "Bearer ";
  private static final int LONGEST = 4096;

  private DownloadMount() {}

  /**
   * What the public listener serves.
   *
   * @param authorizer knows recordings
   * @param proxies the listener's
   */
  public static Mount of(Exports exports, PlayAuthorizer authorizer, TrustedProxies proxies) {
    return new Mount(
        PREFIX,
        request -> {
          Matcher path = PATH.matcher(String.valueOf(request.path()));
          if (!path.matches()) {
            Problems.send(
                request, new Problem(404, "not-found", "Files are at /download/{asset}.mp4"));
          } else if (!reads(request)) {
            request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            Problems.send(
                request, new Problem(405, "method-not-allowed", "Here things are only read"));
          } else {
            String asset = path.group(1);
            Optional<String> token = token(request);
            authorizer
                .authorize(
                    new PlayAttempt(
                        MediaBridges.ASSETS, asset, token, proxies.clientOf(request).host()))
                .onSuccess(
                    decision -> {
                      switch (decision) {
                        case PlayDecision.Allowed _ -> exports.send(request, asset, rung(request));
                        case PlayDecision.Refused refused ->
                            refuse(request, refused, token.isPresent());
                      }
                    })
                .onFailure(
                    failure ->
                        Problems.send(
                            request,
                            new Problem(503, "undecided", "who may play cannot be told now")));
          }
        });
  }

  static boolean reads(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  static String rung(HttpServerRequest request) {
    return Optional.ofNullable(request.getParam("rung")).orElse("");
  }

  private static Optional<String> token(HttpServerRequest request) {
    String given = request.getParam("token");
    if (given == null || given.isEmpty()) {
      String field = request.getHeader(HttpHeaders.AUTHORIZATION);
      given =
          field != null && field.regionMatches(true, 0, BEARER, 0, BEARER.length())
              ? field.substring(BEARER.length()).strip()
              : "";
    }
    return Optional.of(given).filter(text -> !text.isEmpty() && text.length() <= LONGEST);
  }

  private static void refuse(
      HttpServerRequest request, PlayDecision.Refused refused, boolean hadToken) {
    if (refused.status() == 401) {
      request.response().putHeader("www-authenticate", "Bearer");
    }
    String code =
        switch (refused.status()) {
          case 401 -> hadToken ? "token-not-accepted" : "token-needed";
          case 404 -> "asset-not-found";
          case 503 -> "undecided";
          default -> "not-allowed";
        };
    Problems.send(request, new Problem(refused.status(), code, refused.message()));
  }
}
