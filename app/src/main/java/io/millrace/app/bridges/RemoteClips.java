package io.millrace.app.bridges;

import io.millrace.catalog.AssetClips;
import io.millrace.catalog.AssetEntry;
import io.millrace.edge.EdgeConfig;
import io.millrace.edge.UpstreamResponse;
import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The origin on another node makes clips of what it has recorded. Thread-safe. */
public final class RemoteClips implements AssetClips {
  /** Longer than the origin lets anybody wait. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static final Duration SOON = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final OriginClient origin;

  /**
   * @param config with {@code origin} present
   */
  public RemoteClips(Vertx vertx, EdgeConfig config) {
    this.vertx = vertx;
    this.origin = new OriginClient(vertx, config, PATIENCE);
  }

  @Override
  public Future<Answer> make(String asset, JsonObject body, Optional<String> key) {
    if (!AssetEntry.isId(asset)) {
      return Future.succeededFuture(
          new Refused(
              new Problem(404, "asset-not-found", "there is no such asset"),
              List.of(),
              Optional.empty()));
    }
    Context context = vertx.getOrCreateContext();
    Promise<Answer> promise = Promise.promise();
    origin
        .send(
            HttpMethod.POST,
            ClipMount.PREFIX + "/" + asset,
            body.toBuffer(),
            key.map(its -> Map.of(ClipMount.KEY, its)).orElseGet(Map::of))
        .compose(RemoteClips::answer)
        .onComplete(done -> context.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  private static Future<Answer> answer(UpstreamResponse response) {
    JsonObject json = response.body().toJsonObject();
    return switch (response.status()) {
      case 201 -> Future.succeededFuture(new Made(AssetExchange.entry(json)));
      case 202 -> Future.succeededFuture(new BeingMade(json.getString("id")));
      case 403 -> OriginClient.refused(response);
      default ->
          Problem.read(response.status(), json)
              .map(problem -> Future.<Answer>succeededFuture(refused(problem, json)))
              .orElseGet(() -> OriginClient.refused(response));
    };
  }

  private static Answer refused(Problem problem, JsonObject json) {
    List<FieldProblem> fields =
        json.getJsonArray("errors", new JsonArray()).stream()
            .map(JsonObject.class::cast)
            .map(error -> new FieldProblem(error.getString("field"), error.getString("detail")))
            .toList();
    return new Refused(
        problem, fields, problem.status() == 503 ? Optional.of(SOON) : Optional.empty());
  }
}
