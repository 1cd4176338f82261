package io.millrace.catalog.api;

import io.millrace.access.Names;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.KnownApps;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.records.PackagingChange;
import io.millrace.catalog.records.Stream;
import io.millrace.catalog.records.Streams;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** {@code /apps/{app}/streams}. */
final class StreamEndpoints {
  private final Catalog catalog;
  private final KnownApps known;
  private final PackagingLimits limits;

  StreamEndpoints(Catalog catalog, KnownApps known, PackagingLimits limits) {
    this.catalog = catalog;
    this.known = known;
    this.limits = limits;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/apps/:app/streams", this::list),
        Endpoint.guarded(HttpMethod.POST, "/apps/:app/streams", this::create),
        Endpoint.guarded(HttpMethod.GET, "/apps/:app/streams/:stream", this::get),
        Endpoint.guarded(HttpMethod.PATCH, "/apps/:app/streams/:stream", this::change),
        Endpoint.guarded(HttpMethod.DELETE, "/apps/:app/streams/:stream", this::delete));
  }

  private Future<Answer> list(Call call) {
    return Pages.ofApp(
        catalog,
        call,
        (connection, app, after, limit) -> new Streams(connection).page(app, after, limit),
        StreamEndpoints::json,
        Stream::name);
  }

  private Future<Answer> create(Call call) {
    String app = Paths.app(call);
    String name = call.name("name", Names::streamProblem);
    String title = call.title("title").orElse("");
    PackagingChange packaging = PackagingFields.read(call, limits);
    call.check();
    return Refused.whenTaken(
        catalog
            .call(
                call.deadline(),
                connection -> new Streams(connection).create(app, name, title, packaging))
            .onSuccess(created -> known.forgetTitle(app, name))
            .map(created -> Answer.created(json(Paths.found(created, "app", app)))),
        "stream",
        name);
  }

  private Future<Answer> get(Call call) {
    String app = Paths.app(call);
    String name = Paths.stream(call);
    return catalog
        .call(call.deadline(), connection -> new Streams(connection).find(app, name))
        .map(found -> Answer.ok(json(Paths.found(found, "stream", name))));
  }

  private Future<Answer> change(Call call) {
    String app = Paths.app(call);
    String name = Paths.stream(call);
    Optional<String> title = call.title("title");
    PackagingChange packaging = PackagingFields.read(call, limits);
    if (!call.has("title") && !packaging.saysSomething()) {
      call.problem("title", "is missing");
    }
    call.check();
    return catalog
        .call(
            call.deadline(),
            connection -> new Streams(connection).change(app, name, title, packaging))
        .onSuccess(changed -> known.forgetTitle(app, name))
        .map(found -> Answer.ok(json(Paths.found(found, "stream", name))));
  }

  private Future<Answer> delete(Call call) {
    String app = Paths.app(call);
    String name = Paths.stream(call);
    return catalog
        .call(call.deadline(), connection -> new Streams(connection).delete(app, name))
        .onSuccess(gone -> known.forgetTitle(app, name))
        .map(there -> Paths.gone(there, "stream", name));
  }

  private static JsonObject json(Stream stream) {
    return PackagingFields.put(
        new JsonObject()
            .put("app", stream.app())
            .put("name", stream.name())
            .put("tenant", stream.tenant())
            .put("title", stream.title())
            .put("createdAt", stream.createdAt().toString()),
        stream.packaging());
  }
}
