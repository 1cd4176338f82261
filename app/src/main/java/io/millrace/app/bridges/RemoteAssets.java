package io.millrace.app.bridges;

import com.github.benmanes.caffeine.cache.Ticker;
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

/**
 * What the origin on another node has recorded. What it has said is kept for a moment ({@link
 * RecentAnswers}), and not when it is changed through here. Thread-safe.
 */
public final class RemoteAssets implements AssetDirectory {
  private final Vertx vertx;
  private static final String ALL = "";
  private static final int MOST = 1000;

  private final OriginClient origin;
  private final RecentAnswers<List<AssetEntry>> lists;
  private final RecentAnswers<Optional<AssetEntry>> entries;

  /**
   * @param config with {@code origin} present
   */
  public RemoteAssets(Vertx vertx, EdgeConfig config) {
    this(vertx, config, Ticker.systemTicker());
  }

  RemoteAssets(Vertx vertx, EdgeConfig config, Ticker ticker) {
    this.vertx = vertx;
    this.origin = new OriginClient(vertx, config);
    this.lists = new RecentAnswers<>(1, ticker);
    this.entries = new RecentAnswers<>(MOST, ticker);
  }

  @Override
  public Future<List<AssetEntry>> assets() {
    return here(lists.get(ALL, this::list));
  }

  private Future<List<AssetEntry>> list() {
    return origin
        .send(HttpMethod.GET, AssetMount.PREFIX)
        .compose(
            answer ->
                answer.status() == 200
                    ? Future.succeededFuture(AssetExchange.read(answer.body().toJsonObject()))
                    : OriginClient.refused(answer));
  }

  @Override
  public Future<Optional<AssetEntry>> asset(String id) {
    return AssetEntry.isId(id)
        ? here(entries.get(id, () -> send(HttpMethod.GET, id, "")))
        : Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Optional<AssetEntry>> pin(String id, boolean pinned) {
    return AssetEntry.isId(id)
        ? here(changing(id, send(pinned ? HttpMethod.PUT : HttpMethod.DELETE, id, "/pin")))
        : Future.succeededFuture(Optional.empty());
  }

  @Override
  public Future<Boolean> remove(String id) {
    if (!AssetEntry.isId(id)) {
      return Future.succeededFuture(false);
    }
    return here(
        changing(
            id,
            origin
                .send(HttpMethod.DELETE, AssetMount.PREFIX + "/" + id)
                .compose(
                    answer ->
                        switch (answer.status()) {
                          case 204 -> Future.succeededFuture(true);
                          case 404 -> Future.succeededFuture(false);
                          default -> OriginClient.refused(answer);
                        })));
  }

  /** Whatever came of it: what was said before need not hold. */
  private <T> Future<T> changing(String id, Future<T> answer) {
    return answer.onComplete(
        done -> {
          entries.forget(id);
          lists.forget(ALL);
        });
  }

  private Future<Optional<AssetEntry>> send(HttpMethod method, String id, String rest) {
    return origin.send(method, AssetMount.PREFIX + "/" + id + rest).compose(RemoteAssets::entry);
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
