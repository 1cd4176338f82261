package io.millrace.catalog.api;

import io.millrace.catalog.AssetClips;
import io.millrace.catalog.AssetDirectory;
import io.millrace.catalog.AssetEntry;
import io.millrace.catalog.KnownApps;
import io.millrace.catalog.records.StreamAddress;
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
 * {@code /assets}: the recordings of public apps for everybody, and of any app for administrators,
 * who also say which are kept, and what is to be a clip.
 */
final class AssetEndpoints {
  private final KnownApps apps;
  private final AssetDirectory assets;
  private final AssetClips clips;

  AssetEndpoints(KnownApps apps, AssetDirectory assets, AssetClips clips) {
    this.apps = apps;
    this.assets = assets;
    this.clips = clips;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.open(HttpMethod.GET, "/assets", this::list),
        Endpoint.open(HttpMethod.GET, "/assets/:asset", this::get),
        Endpoint.guarded(HttpMethod.GET, "/apps/:app/assets", this::listOfApp),
        Endpoint.guarded(HttpMethod.POST, "/assets/:asset/clips", this::clip),
        Endpoint.guarded(HttpMethod.PATCH, "/assets/:asset", this::change),
        Endpoint.guarded(HttpMethod.DELETE, "/assets/:asset", this::delete));
  }

  private Future<Answer> list(Call call) {
    Page page = page(call);
    return told(assets.assets())
        .compose(
            all ->
                apps.publicOnes(all.stream().map(AssetEntry::app).collect(Collectors.toSet()))
                    .compose(open -> listed(all, open, page)))
        .map(Answer::shared);
  }

  private Future<Answer> listOfApp(Call call) {
    String app = Paths.app(call);
    Page page = page(call);
    return apps.find(app)
        .compose(
            found -> {
              Paths.found(found, "app", app);
              return told(assets.assets());
            })
        .compose(all -> listed(all, Set.of(app), page))
        .map(Answer::ok);
  }

  /**
   * A part of the list.
   *
   * @param after behind the asset of this id; from the newest on when it is empty
   */
  private record Page(String after, int limit) {}

  private static Page page(Call call) {
    Page page = new Page(call.after(), call.limit());
    call.check();
    return page;
  }

  private Future<JsonObject> listed(List<AssetEntry> all, Set<String> ofApps, Page page) {
    List<AssetEntry> rows =
        all.stream()
            .filter(entry -> ofApps.contains(entry.app()))
            .filter(entry -> page.after.isEmpty() || entry.id().compareTo(page.after) < 0)
            .limit(page.limit + 1L)
            .toList();
    List<AssetEntry> shown = rows.subList(0, Math.min(page.limit, rows.size()));
    return apps.titles(shown.stream().map(AssetEndpoints::address).collect(Collectors.toSet()))
        .map(
            titles -> {
              JsonArray items = new JsonArray();
              shown.forEach(entry -> items.add(json(entry, titles)));
              return new JsonObject()
                  .put("items", items)
                  .put("next", rows.size() > shown.size() ? shown.getLast().id() : null);
            });
  }

  private Future<Answer> get(Call call) {
    String id = id(call);
    return told(assets.asset(id))
        .compose(
            found -> {
              AssetEntry entry = Paths.found(found, "asset", id);
              return apps.isPublic(entry.app())
                  .compose(
                      open -> {
                        if (!open) {
                          throw ApiProblem.notFound("asset", id);
                        }
                        return titled(entry);
                      });
            })
        .map(Answer::shared);
  }

  private Future<Answer> clip(Call call) {
    Optional<String> key = Optional.ofNullable(call.request().getHeader("idempotency-key"));
    return told(clips.make(id(call), call.body(), key))
        .compose(
            answer ->
                switch (answer) {
                  case AssetClips.Made(AssetEntry made) -> titled(made).map(Answer::created);
                  case AssetClips.BeingMade(String id) ->
                      Future.succeededFuture(Answer.accepted(new JsonObject().put("id", id)));
                  case AssetClips.Refused refused ->
                      throw ApiProblem.of(
                          refused.problem(), refused.fields(), refused.retryAfter());
                });
  }

  private Future<Answer> change(Call call) {
    String id = id(call);
    boolean pinned = call.flag("pinned");
    if (!call.has("pinned")) {
      call.problem("pinned", "is missing");
    }
    call.check();
    return told(assets.pin(id, pinned))
        .compose(changed -> titled(Paths.found(changed, "asset", id)))
        .map(Answer::ok);
  }

  private Future<Answer> delete(Call call) {
    String id = id(call);
    return told(assets.remove(id)).map(was -> Paths.gone(was, "asset", id));
  }

  private static String id(Call call) {
    String id = call.path("asset");
    if (!AssetEntry.isId(id)) {
      throw ApiProblem.notFound("asset", id.replaceAll("[^A-Za-z0-9_-]", "?"));
    }
    return id;
  }

  private static <T> Future<T> told(Future<T> fact) {
    return fact.recover(
        failure ->
            Future.failedFuture(
                ApiProblem.later(
                    503,
                    "assets-unknown",
                    "it cannot be told what has been recorded",
                    Duration.ofSeconds(2))));
  }

  private Future<JsonObject> titled(AssetEntry entry) {
    return apps.titles(Set.of(address(entry))).map(titles -> json(entry, titles));
  }

  private static StreamAddress address(AssetEntry entry) {
    return new StreamAddress(entry.app(), entry.stream());
  }

  private static JsonObject json(AssetEntry entry, Map<StreamAddress, String> titles) {
    String title = entry.title();
    JsonObject json = new JsonObject();
    entry.clip().ifPresent(clip -> json.put("clip", json(clip)));
    return json.put("id", entry.id())
        .put("app", entry.app())
        .put("stream", entry.stream())
        .put("title", title.isEmpty() ? titles.getOrDefault(address(entry), "") : title)
        .put("startedAt", entry.startedAt().toString())
        .put("endedAt", entry.endedAt().toString())
        .put("durationSeconds", entry.duration().toMillis() / 1e3)
        .put("bytes", entry.bytes())
        .put("width", entry.width())
        .put("height", entry.height())
        .put("pinned", entry.pinned())
        .put("playlist", entry.playlist());
  }

  private static JsonObject json(AssetEntry.Clip clip) {
    return new JsonObject()
        .put("of", clip.of())
        .put("from", seconds(clip.from()))
        .put("to", seconds(clip.to()))
        .put("begins", seconds(clip.begins()))
        .put("ends", seconds(clip.ends()));
  }

  private static double seconds(Duration time) {
    return Math.round(time.toNanos() / 1e3) / 1e6;
  }
}
