package io.millrace.app.bridges;

import io.millrace.catalog.AssetClips;
import io.millrace.catalog.AssetEntry;
import io.millrace.config.Secret;
import io.millrace.http.Mount;
import io.millrace.http.Problem;
import io.millrace.http.Problems;
import io.millrace.http.RequestBody;
import io.millrace.packager.OriginMount;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * On the origin's own port, for catalogues on other nodes: {@code POST /clips/{asset}} makes a clip
 * of an asset, with the API's body and {@code Idempotency-Key}.
 */
public final class ClipMount {
  static final String PREFIX = "/clips";
  static final String KEY = "Idempotency-Key";
  private static final int LARGEST_BODY = 64 << 10;

  private ClipMount() {}

  /**
   * What the origin's listener serves.
   *
   * @param sharedSecret what every request must carry, if anything
   */
  public static Mount of(AssetClips clips, Optional<Secret> sharedSecret) {
    return new Mount(
        PREFIX,
        request -> {
          String given = request.getHeader(OriginMount.SECRET_HEADER);
          String[] parts = String.valueOf(request.path()).split("/", -1);
          if (sharedSecret.isPresent() && (given == null || !sharedSecret.get().matches(given))) {
            Problems.send(
                request,
                new Problem(403, "origin-secret", "this origin answers those who know its secret"));
          } else if (parts.length != 3 || !request.method().equals(HttpMethod.POST)) {
            Problems.send(request, Problems.notFound());
          } else {
            RequestBody.read(request, LARGEST_BODY)
                .compose(
                    body ->
                        make(clips, parts[2], body, Optional.ofNullable(request.getHeader(KEY))))
                .onSuccess(answer -> send(request, answer))
                .onFailure(failure -> Problems.send(request, Problems.internalError()));
          }
        });
  }

  private static Future<AssetClips.Answer> make(
      AssetClips clips, String asset, Buffer body, Optional<String> key) {
    JsonObject wish;
    try {
      wish = new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      return Future.succeededFuture(
          new AssetClips.Refused(
              new Problem(400, "invalid-request", "the body is no JSON object"),
              List.of(),
              Optional.empty()));
    }
    return clips.make(asset, wish, key);
  }

  private static void send(HttpServerRequest request, AssetClips.Answer answer) {
    switch (answer) {
      case AssetClips.Made(AssetEntry made) ->
          send(request, 201, "application/json", AssetExchange.json(made));
      case AssetClips.BeingMade(String id) ->
          send(request, 202, "application/json", new JsonObject().put("id", id));
      case AssetClips.Refused refused ->
          send(
              request,
              refused.problem().status(),
              Problem.MEDIA_TYPE,
              refused.problem().toJson(refused.fields()));
    }
  }

  private static void send(HttpServerRequest request, int status, String type, JsonObject body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .end(body.toBuffer());
  }
}
