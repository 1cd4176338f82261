package io.millrace.app.bridges;

import io.millrace.catalog.LiveDirectory;
import io.millrace.http.Mount;
import io.millrace.http.Problems;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * On the origin's own port, for catalogues on other nodes: {@code GET /live} lists who is on air,
 * {@code GET /live/{app}/{stream}/health} tells how a publisher is doing, {@code DELETE
 * /live/{app}/{stream}} ends a broadcast.
 */
public final class LiveMount {
  static final String PREFIX = "/live";

  private LiveMount() {}

  /** What the origin's listener serves to those who know its secret. */
  public static Mount of(LiveDirectory live) {
    return new Mount(PREFIX, request -> answer(live, request));
  }

  private static void answer(LiveDirectory live, HttpServerRequest request) {
    String[] parts = String.valueOf(request.path()).split("/", -1);
    if (parts.length == 2 && request.method().equals(HttpMethod.GET)) {
      live.live()
          .onSuccess(entries -> send(request, LiveExchange.write(entries)))
          .onFailure(failure -> Problems.send(request, Problems.internalError()));
    } else if (parts.length == 5
        && parts[4].equals("health")
        && request.method().equals(HttpMethod.GET)) {
      live.health(parts[2], parts[3])
          .onSuccess(
              health ->
                  health.ifPresentOrElse(
                      known -> send(request, known),
                      () -> Problems.send(request, Problems.notFound())))
          .onFailure(failure -> Problems.send(request, Problems.internalError()));
    } else if (parts.length == 4 && request.method().equals(HttpMethod.DELETE)) {
      live.end(parts[2], parts[3])
          .onSuccess(was -> request.response().setStatusCode(was ? 204 : 404).end())
          .onFailure(failure -> Problems.send(request, Problems.internalError()));
    } else {
      Problems.send(request, Problems.notFound());
    }
  }

  private static void send(HttpServerRequest request, JsonObject answer) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(answer.toBuffer());
  }
}
