package io.millrace.app.bridges;

import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetEntry;
import io.millrace.http.Mount;
import io.millrace.http.Problems;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * On the origin's own port, for catalogues and edges on other nodes: {@code GET /assets} lists what
 * has been recorded, {@code GET} and {@code DELETE /assets/{id}} are about one, {@code PUT
 * /assets/{id}/pin} and {@code DELETE} of it keep it or no longer.
 */
public final class AssetMount {
  static final String PREFIX = "/assets";
  private static final String PIN = "pin";

  private AssetMount() {}

  /** What the origin's listener serves to those who know its secret. */
  public static Mount of(AssetDirectory assets) {
    return new Mount(PREFIX, request -> answer(assets, request));
  }

  private static void answer(AssetDirectory assets, HttpServerRequest request) {
    String[] parts = String.valueOf(request.path()).split("/", -1);
    HttpMethod method = request.method();
    if (parts.length == 2 && method.equals(HttpMethod.GET)) {
      assets
          .assets()
          .onSuccess(entries -> send(request, AssetExchange.write(entries)))
          .onFailure(failure -> Problems.send(request, Problems.internalError()));
    } else if (parts.length == 3 && method.equals(HttpMethod.GET)) {
      sendOne(request, assets.asset(parts[2]));
    } else if (parts.length == 3 && method.equals(HttpMethod.DELETE)) {
      assets
          .remove(parts[2])
          .onSuccess(was -> request.response().setStatusCode(was ? 204 : 404).end())
          .onFailure(failure -> Problems.send(request, Problems.internalError()));
    } else if (parts.length == 4 && parts[3].equals(PIN) && method.equals(HttpMethod.PUT)) {
      sendOne(request, assets.pin(parts[2], true));
    } else if (parts.length == 4 && parts[3].equals(PIN) && method.equals(HttpMethod.DELETE)) {
      sendOne(request, assets.pin(parts[2], false));
    } else {
      Problems.send(request, Problems.notFound());
    }
  }

  private static void sendOne(HttpServerRequest request, Future<Optional<AssetEntry>> asset) {
    asset
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    entry -> send(request, AssetExchange.json(entry)),
                    () -> Problems.send(request, Problems.notFound())))
        .onFailure(failure -> Problems.send(request, Problems.internalError()));
  }

  private static void send(HttpServerRequest request, JsonObject answer) {
    request
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(answer.toBuffer());
  }
}
