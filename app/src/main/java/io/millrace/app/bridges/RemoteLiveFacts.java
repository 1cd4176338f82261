package io.millrace.app.bridges;

import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.millrace.edge.EdgeConfig;
import io.millrace.media.StreamKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * Who is on air, for a catalogue whose origin is another node: the origin is asked at most once a
 * second, and not waited for longer than two. Viewers are those of this node's edge. Thread-safe.
 */
public final class RemoteLiveFacts implements LiveDirectory {
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Answer(Future<List<LiveEntry>> entries, long sinceNanos) {}

  private final Vertx vertx;
  private final OriginClient origin;
  private final ToIntFunction<StreamKey> viewers;
  // Guarded by this.
  private Optional<Answer> last = Optional.empty();

  /**
   * @param config with {@code origin} present
   * @param viewers how many watch a stream now
   */
  public RemoteLiveFacts(Vertx vertx, EdgeConfig config, ToIntFunction<StreamKey> viewers) {
    this.vertx = vertx;
    this.origin = new OriginClient(vertx, config);
    this.viewers = viewers;
  }

  @Override
  public Future<List<LiveEntry>> live() {
    Context context = vertx.getOrCreateContext();
    Promise<List<LiveEntry>> promise = Promise.promise();
    shared()
        .map(all -> all.stream().map(this::withOwnViewers).toList())
        .onComplete(all -> context.runOnContext(v -> promise.handle(all)));
    return promise.future();
  }

  private synchronized Future<List<LiveEntry>> shared() {
    long now = System.nanoTime();
    if (last.isEmpty() || now - last.get().sinceNanos > KEPT_NANOS) {
      last = Optional.of(new Answer(ask(), now));
    }
    return last.get().entries;
  }

  private Future<List<LiveEntry>> ask() {
    return origin
        .send(HttpMethod.GET, LiveMount.PREFIX)
        .compose(
            answer ->
                answer.status() == 200
                    ? Future.succeededFuture(LiveExchange.read(answer.body().toJsonObject()))
                    : OriginClient.refused(answer));
  }

  @Override
  public Future<Optional<LiveEntry>> find(String app, String stream) {
    return live()
        .map(
            all ->
                all.stream()
                    .filter(its -> its.app().equals(app) && its.stream().equals(stream))
                    .findFirst());
  }

  @Override
  public Future<Optional<JsonObject>> health(String app, String stream) {
    return origin
        .send(HttpMethod.GET, LiveMount.PREFIX + "/" + app + "/" + stream + "/health")
        .compose(
            answer ->
                switch (answer.status()) {
                  case 200 -> Future.succeededFuture(Optional.of(answer.body().toJsonObject()));
                  case 404 -> Future.succeededFuture(Optional.empty());
                  default -> OriginClient.refused(answer);
                });
  }

  @Override
  public Future<Boolean> end(String app, String stream) {
    return origin
        .send(HttpMethod.DELETE, LiveMount.PREFIX + "/" + app + "/" + stream)
        .compose(
            answer ->
                switch (answer.status()) {
                  case 204 -> Future.succeededFuture(true);
                  case 404 -> Future.succeededFuture(false);
                  default -> OriginClient.refused(answer);
                });
  }

  private LiveEntry withOwnViewers(LiveEntry entry) {
    return new LiveEntry(
        entry.app(),
        entry.stream(),
        entry.broadcast(),
        entry.state(),
        entry.startedAt(),
        viewers.applyAsInt(new StreamKey(entry.app(), entry.stream())),
        entry.width(),
        entry.height(),
        entry.codecs(),
        entry.playlist(),
        entry.still());
  }
}
