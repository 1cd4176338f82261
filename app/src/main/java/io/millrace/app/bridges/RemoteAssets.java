package io.millrace.app.bridges;

import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetEntry;
import io.millrace.edge.EdgeConfig;
import io.millrace.edge.UpstreamResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the origin on another node has recorded. Thread-safe. */
public final class RemoteAssets implements AssetDirectory {
  private static final Pattern ID = Pattern.compile("[0-9A-Z]{26}");

  private final Vertx vertx;
  private final OriginClient origin;

  /**
   * @param config with {@code origin} present
   */
  public RemoteAssets(Vertx vertx, EdgeConfig config) {
    this.vertx = vertx;
    this.origin = new OriginClient(vertx, config);
  }

  @Override
  public Future<List<AssetEntry>> assets() {
    return here(
        origin
            .send(HttpMethod.GET, AssetMount.PREFIX)
            .compose(
                answer ->
                    answer.status() == 200
                        ? Future.succeededFuture(AssetExchange.read(answer.body().toJsonObject()))
                        : OriginClient.refused(answer)));
  }

  @Override
  public Future<Optional<AssetEntry>> asset(String id) {
    return one(HttpMethod.GET, id, "");
  }

  @Override
  public Future<Optional<AssetEntry>> pin(String id, boolean pinned) {
    return one(pinned ? HttpMethod.PUT : HttpMethod.DELETE, id, "/pin");
  }

  @Override
  public Future<Boolean> remove(String id) {
    if (!ID.matcher(id).matches()) {
      return Future.succeededFuture(false);
    }
    return here(
        origin
            .send(HttpMethod.DELETE, AssetMount.PREFIX + "/" + id)
            .compose(
                answer ->
                    switch (answer.status()) {
                      case 204 -> Future.succeededFuture(true);
                      case 404 -> Future.succeededFuture(false);
                      default -> OriginClient.refused(answer);
                    }));
  }

  private Future<Optional<AssetEntry>> one(HttpMethod method, String id, String rest) {
    if (!ID.matcher(id).matches()) {
      return Future.succeededFuture(Optional.empty());
    }
    return here(
        origin.send(method, AssetMount.PREFIX + "/" + id + rest).compose(RemoteAssets::entry));
  }

  private static Future<Optional<AssetEntry>> entry(UpstreamResponse answer) {
    return switch (answer.status()) {
      case 200 ->
          Future.succeededFuture(Optional.of(AssetExchange.entry(answer.body().toJsonObject())));
      case 404 -> Future.succeededFuture(Optional.empty());
      default -> OriginClient.refused(answer);
    };
  }

  private <T> Future<T> here(Future<T> answer) {
    Context context = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    answer.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }
}
