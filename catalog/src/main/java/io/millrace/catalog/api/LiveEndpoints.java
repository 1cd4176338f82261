package io.millrace.catalog.api;

import io.millrace.catalog.KnownApps;
import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.millrace.catalog.records.StreamAddress;
import io.millrace.config.ValueText;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code /live}: who is on air, for everybody; and for administrators how a publisher is doing, and
 * a way to end its broadcast.
 */
final class LiveEndpoints {
  private static final int MOST_LISTED = 500;

  private final KnownApps apps;
  private final LiveDirectory live;

  LiveEndpoints(KnownApps apps, LiveDirectory live) {
    this.apps = apps;
    this.live = live;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.open(HttpMethod.GET, "/live", this::list),
        Endpoint.open(HttpMethod.GET, "/live/:app/:stream", this::get),
        Endpoint.guarded(HttpMethod.GET, "/live/:app/:stream/health", this::health),
        Endpoint.guarded(HttpMethod.DELETE, "/live/:app/:stream", this::end));
  }

  private Future<Answer> list(Call call) {
    return told(live.live())
        .compose(
            all ->
                apps.publicOnes(all.stream().map(LiveEntry::app).collect(Collectors.toSet()))
                    .compose(
                        open ->
                            listed(
                                all.stream()
                                    .filter(entry -> open.contains(entry.app()))
                                    .limit(MOST_LISTED)
                                    .toList())));
  }

  private Future<Answer> listed(List<LiveEntry> entries) {
    return apps.titles(entries.stream().map(LiveEndpoints::address).collect(Collectors.toSet()))
        .map(
            titles -> {
              JsonArray items = new JsonArray();
              entries.forEach(
                  entry -> items.add(json(entry, titles.getOrDefault(address(entry), ""))));
              return Answer.shared(new JsonObject().put("streams", items));
            });
  }

  private Future<Answer> get(Call call) {
    String app = Paths.app(call);
    String stream = Paths.stream(call);
    StreamAddress address = new StreamAddress(app, stream);
    return apps.isPublic(app)
        .compose(
            open -> {
              if (!open) {
                throw ApiProblem.notFound("app", app);
              }
              return Future.all(told(live.find(app, stream)), apps.titles(Set.of(address)));
            })
        .map(
            both -> {
              Optional<LiveEntry> entry = both.resultAt(0);
              Map<StreamAddress, String> titles = both.resultAt(1);
              String title = titles.getOrDefault(address, "");
              return Answer.shared(
                  entry.isPresent() ? json(entry.get(), title) : offline(address, title));
            });
  }

  private Future<Answer> health(Call call) {
    String app = Paths.app(call);
    String stream = Paths.stream(call);
    return told(live.health(app, stream))
        .map(
            health ->
                Answer.ok(
                    health.orElseThrow(
                        () ->
                            new ApiProblem(
                                404,
                                "stream-not-live",
                                "'"
                                    + app
                                    + "/"
                                    + stream
                                    + "' is not on air, and of an earlier broadcast nothing is"
                                    + " known any more"))));
  }

  private Future<Answer> end(Call call) {
    String app = Paths.app(call);
    String stream = Paths.stream(call);
    return told(live.end(app, stream))
        .map(
            was -> {
              if (!was) {
                throw notLive(app, stream);
              }
              return Answer.none();
            });
  }

  private static <T> Future<T> told(Future<T> fact) {
    return fact.recover(
        failure ->
            Future.failedFuture(
                ApiProblem.later(
                    503,
                    "live-unknown",
                    "it cannot be told who is on air",
                    Duration.ofSeconds(2))));
  }

  private static ApiProblem notLive(String app, String stream) {
    return new ApiProblem(404, "stream-not-live", "'" + app + "/" + stream + "' is not on air");
  }

  private static StreamAddress address(LiveEntry entry) {
    return new StreamAddress(entry.app(), entry.stream());
  }

  private static JsonObject offline(StreamAddress address, String title) {
    return new JsonObject()
        .put("app", address.app())
        .put("stream", address.stream())
        .put("title", title)
        .put("state", "offline");
  }

  private static JsonObject json(LiveEntry entry, String title) {
    return new JsonObject()
        .put("app", entry.app())
        .put("stream", entry.stream())
        .put("title", title)
        .put("state", ValueText.word(entry.state()))
        .put("broadcast", entry.broadcast())
        .put("startedAt", entry.startedAt().toString())
        .put("viewers", entry.viewers())
        .put("width", entry.width())
        .put("height", entry.height())
        .put("codecs", new JsonArray(entry.codecs()))
        .put("playlist", entry.playlist())
        .put("still", entry.still().orElse(null));
  }
}
