package io.millrace.app.bridges;

import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.millrace.edge.EdgeConfig;
import io.millrace.edge.HttpUpstream;
import io.millrace.edge.UpstreamResponse;
import io.millrace.media.StreamKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
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
  private static final long PATIENCE_MILLIS = 2000;

  private record Answer(Future<List<LiveEntry>> entries, long sinceNanos) {}

  private final Vertx vertx;
  private final EdgeConfig config;
  private final URI origin;
  private final ToIntFunction<StreamKey> viewers;
  private final HttpClient client;
  // Guarded by this.
  private Optional<Answer> last = Optional.empty();

  /**
   * @param config with {@code origin} present
   * @param viewers how many watch a stream now
   */
  public RemoteLiveFacts(Vertx vertx, EdgeConfig config, ToIntFunction<StreamKey> viewers) {
    this.vertx = vertx;
    this.config = config;
    this.origin = config.origin().orElseThrow();
    this.viewers = viewers;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) PATIENCE_MILLIS)
                .setSsl("https".equals(origin.getScheme())),
            new PoolOptions().setHttp1MaxSize(4).setMaxWaitQueueSize(64));
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
    return send(HttpMethod.GET, LiveMount.PREFIX)
        .compose(
            answer ->
                answer.status() == 200
                    ? Future.succeededFuture(LiveExchange.read(answer.body().toJsonObject()))
                    : refused(answer));
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
    return send(HttpMethod.GET, LiveMount.PREFIX + "/" + app + "/" + stream + "/health")
        .compose(
            answer ->
                switch (answer.status()) {
                  case 200 -> Future.succeededFuture(Optional.of(answer.body().toJsonObject()));
                  case 404 -> Future.succeededFuture(Optional.empty());
                  default -> refused(answer);
                });
  }

  @Override
  public Future<Boolean> end(String app, String stream) {
    return send(HttpMethod.DELETE, LiveMount.PREFIX + "/" + app + "/" + stream)
        .compose(
            answer ->
                switch (answer.status()) {
                  case 204 -> Future.succeededFuture(true);
                  case 404 -> Future.succeededFuture(false);
                  default -> refused(answer);
                });
  }

  private Future<UpstreamResponse> send(HttpMethod method, String path) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost(origin.getHost())
            .setPort(port())
            .setURI(path);
    config
        .originSecret()
        .ifPresent(secret -> options.putHeader(HttpUpstream.SECRET_HEADER, secret.reveal()));
    return client
        .request(options)
        // Inside: from another thread the body would be asked for when it has gone by.
        .compose(request -> request.send().compose(RemoteLiveFacts::whole))
        .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Future<UpstreamResponse> whole(HttpClientResponse answer) {
    return answer
        .body()
        .map(body -> new UpstreamResponse(answer.statusCode(), answer.headers(), body));
  }

  private int port() {
    return origin.getPort() >= 0 ? origin.getPort() : "https".equals(origin.getScheme()) ? 443 : 80;
  }

  private static <T> Future<T> refused(UpstreamResponse answer) {
    return Future.failedFuture(
        new IllegalStateException("the origin answers with status " + answer.status()));
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
