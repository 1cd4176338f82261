package io.millrace.packager;

import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The origin over HTTP, for edges on other nodes. */
public final class OriginMount {
  public static final String PREFIX = "/play";
  private static final Logger LOGGER = LoggerFactory.getLogger(OriginMount.class);

  private OriginMount() {}

  /** What the origin's own listener serves to those who know its secret. */
  public static Mount of(Origin origin) {
    return new Mount(PREFIX, request -> answer(origin, request));
  }

  private static void answer(Origin origin, HttpServerRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    request
        .headers()
        .forEach(
            (name, value) ->
                headers.merge(
                    name.toLowerCase(Locale.ROOT), value, (one, other) -> one + ", " + other));
    String path = Optional.ofNullable(request.path()).orElse("");
    String query = Optional.ofNullable(request.query()).orElse("");
    String below = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : path;
    origin
        .answer(new OriginRequest(request.method().name(), below, query, headers))
        .onSuccess(response -> send(request.response(), response))
        .onFailure(
            failure -> {
              LOGGER.atError().setCause(failure).addKeyValue("path", path).log("origin failed");
              Problem problem = new Problem(500, "internal", "the origin failed");
              send(
                  request.response(),
                  new OriginResponse(
                      500,
                      Map.of("content-type", Problem.MEDIA_TYPE, "cache-control", "no-store"),
                      problem.toJson().toBuffer()));
            });
  }

  private static void send(HttpServerResponse response, OriginResponse answer) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    response.end(answer.body());
  }
}
