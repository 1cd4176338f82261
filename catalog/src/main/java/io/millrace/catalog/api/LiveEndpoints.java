package io.millrace.catalog.api;

import io.millrace.catalog.KnownApps;
import io.millrace.catalog.LiveDirectory;
import io.millrace.catalog.LiveEntry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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
    List<LiveEntry> all = live.live();
    Map<String, Future<Boolean>> open = new LinkedHashMap<>();
    all.forEach(entry -> open.computeIfAbsent(entry.app(), apps::isPublic));
    return Future.all(new ArrayList<>(open.values()))
        .compose(
            known -> {
              List<Future<JsonObject>> items = new ArrayList<>();
              for (LiveEntry entry : all) {
                Future<Boolean> isOpen = open.get(entry.app());
                if (isOpen != null && isOpen.result() && items.size() < MOST_LISTED) {
                  items.add(titled(entry));
                }
              }
              return Future.all(items)
                  .map(
                      done ->
                          Answer.shared(
                              new JsonObject().put("streams", new JsonArray(done.list()))));
            });
  }

  private Future<Answer> get(Call call) {
    String app = Paths.app(call);
    String stream = Paths.stream(call);
    return apps.isPublic(app)
        .compose(
            open -> {
              if (!open) {
                throw ApiProblem.notFound("app", app);
              }
              Optional<LiveEntry> entry = live.find(app, stream);
              return entry.isPresent() ? titled(entry.get()) : offline(app, stream);
            })
        .map(Answer::shared);
  }

  private Future<Answer> health(Call call) {
    String app = Paths.app(call);
    String stream = Paths.stream(call);
    return live.health(app, stream)
        .map(health -> Future.succeededFuture(Answer.ok(health)))
        .orElseThrow(() -> notLive(app, stream));
  }

  private Future<Answer> end(Call call) {
    String app = Paths.app(call);
    String stream = Paths.stream(call);
    return live.end(app, stream)
        .map(
            was -> {
              if (!was) {
                throw notLive(app, stream);
              }
              return Answer.none();
            });
  }

  private static ApiProblem notLive(String app, String stream) {
    return new ApiProblem(404, "stream-not-live", "'" + app + "/" + stream + "' is not on air");
  }

  private Future<JsonObject> offline(String app, String stream) {
    return apps.title(app, stream)
        .map(
            title ->
                new JsonObject()
                    .put("app", app)
                    .put("stream", stream)
                    .put("title", title)
                    .put("state", "offline"));
  }

  private Future<JsonObject> titled(LiveEntry entry) {
    return apps.title(entry.app(), entry.stream())
        .map(
            title ->
                new JsonObject()
                    .put("app", entry.app())
                    .put("stream", entry.stream())
                    .put("title", title)
                    .put("state", entry.state().name().toLowerCase(Locale.ROOT))
                    .put("broadcast", entry.broadcast())
                    .put("startedAt", entry.startedAt().toString())
                    .put("viewers", entry.viewers())
                    .put("width", entry.width())
                    .put("height", entry.height())
                    .put("codecs", new JsonArray(entry.codecs()))
                    .put("playlist", entry.playlist())
                    .put("still", entry.still().orElse(null)));
  }
}
