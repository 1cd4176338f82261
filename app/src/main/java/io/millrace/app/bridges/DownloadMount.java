package io.millrace.app.bridges;

import io.millrace.broker.Administrators;
import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.millrace.edge.PlayAttempt;
import io.millrace.edge.PlayAuthorizer;
import io.millrace.edge.PlayDecision;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.TrustedProxies;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /download/{asset}.mp4}: a recording as one file, for whoever may play it, with the
 * same tokens, and for administrators.
 */
public final class DownloadMount {
  private static final String PREFIX = "/download";
  private static final Pattern PATH =
      Pattern.compile("/download/([0-7][0-9A-HJKMNP-TV-Z]{25})\\.mp4");
  private static final String BEARER = "Bearer ";
  private static final int LONGEST = 4096;
  private static final int NOT_FOUND = 404;

  private final Exports exports;
  private final PlayAuthorizer players;
  private final Administrators administrators;
  private final LiveDirectory live;
  private final TrustedProxies proxies;

  private DownloadMount(
      Exports exports,
      PlayAuthorizer players,
      Administrators administrators,
      LiveDirectory live,
      TrustedProxies proxies) {
    this.exports = exports;
    this.players = players;
    this.administrators = administrators;
    this.live = live;
    this.proxies = proxies;
  }

  /**
   * What the public listener serves.
   *
   * @param players knows recordings, and streams
   * @param live tells what is no recording yet
   * @param proxies the listener's
   */
  public static Mount of(
      Exports exports,
      PlayAuthorizer players,
      Administrators administrators,
      LiveDirectory live,
      TrustedProxies proxies) {
    return new Mount(
        PREFIX, new DownloadMount(exports, players, administrators, live, proxies)::handle);
  }

  private void handle(HttpServerRequest request) {
    Matcher path = PATH.matcher(String.valueOf(request.path()));
    if (!path.matches()) {
      Problems.send(request, new Problem(404, "not-found", "Files are at /download/{asset}.mp4"));
      return;
    }
    if (!reads(request)) {
      request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
      Problems.send(request, new Problem(405, "method-not-allowed", "Here things are only read"));
      return;
    }
    String asset = path.group(1);
    decide(request, MediaBridges.ASSETS, asset)
        .onSuccess(
            decision -> {
              switch (decision) {
                case PlayDecision.Allowed _ -> exports.send(request, asset, rung(request));
                case PlayDecision.Refused refused when refused.status() == NOT_FOUND ->
                    refuseMissing(request, asset, refused);
                case PlayDecision.Refused refused -> refuse(request, refused);
              }
            })
        .onFailure(failure -> undecided(request));
  }

  /** Whoever may play it, and administrators, whose field is another one than a player's. */
  private Future<PlayDecision> decide(HttpServerRequest request, String app, String stream) {
    return players
        .authorize(new PlayAttempt(app, stream, token(request), proxies.clientOf(request).host()))
        .compose(
            decision ->
                decision instanceof PlayDecision.Refused refused
                        && refused.status() != NOT_FOUND
                        && request.headers().contains(HttpHeaders.AUTHORIZATION)
                    ? administrators
                        .decide(request)
                        .map(
                            who ->
                                who instanceof Administrators.Allowed
                                    ? new PlayDecision.Allowed()
                                    : decision)
                    : Future.succeededFuture(decision));
  }

  /** What is on air is no recording yet, which whoever may watch it is told. */
  private void refuseMissing(
      HttpServerRequest request, String asset, PlayDecision.Refused refused) {
    onAir(asset)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(refused)
                    : decide(request, found.get().app(), found.get().stream()))
        .onSuccess(
            decision -> {
              if (decision instanceof PlayDecision.Allowed) {
                Problems.send(
                    request,
                    new Problem(
                        409,
                        "still-on-air",
                        "the broadcast is still on air; it is a file when it has ended, and a clip"
                            + " of it is one before"));
              } else {
                refuse(request, refused);
              }
            })
        .onFailure(failure -> undecided(request));
  }

  private Future<Optional<LiveEntry>> onAir(String broadcast) {
    return live.live()
        .map(all -> all.stream().filter(its -> its.broadcast().equals(broadcast)).findFirst())
        .otherwise(Optional.empty());
  }

  private static void undecided(HttpServerRequest request) {
    Problems.send(request, new Problem(503, "undecided", "who may play cannot be told now"));
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

  private static void refuse(HttpServerRequest request, PlayDecision.Refused refused) {
    if (refused.status() == 401) {
      request.response().putHeader("www-authenticate", "Bearer");
    }
    String code =
        switch (refused.status()) {
          case 401 -> token(request).isPresent() ? "token-not-accepted" : "token-needed";
          case 404 -> "asset-not-found";
          case 503 -> "undecided";
          default -> "not-allowed";
        };
    Problems.send(request, new Problem(refused.status(), code, refused.message()));
  }
}
