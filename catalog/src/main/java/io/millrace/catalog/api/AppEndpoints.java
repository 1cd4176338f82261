package io.millrace.catalog.api;

import io.millrace.access.Names;
import io.millrace.access.Playback;
import io.millrace.access.StaticKeyRules;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.KnownApps;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.records.App;
import io.millrace.catalog.records.Apps;
import io.millrace.catalog.records.PackagingChange;
import io.millrace.config.ValueText;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** {@code /apps}. */
final class AppEndpoints {
  private final Catalog catalog;
  private final KnownApps known;
  private final PackagingLimits limits;

  AppEndpoints(Catalog catalog, KnownApps known, PackagingLimits limits) {
    this.catalog = catalog;
    this.known = known;
    this.limits = limits;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/apps", this::list),
        Endpoint.guarded(HttpMethod.POST, "/apps", this::create),
        Endpoint.guarded(HttpMethod.GET, "/apps/:app", this::get),
        Endpoint.guarded(HttpMethod.PATCH, "/apps/:app", this::change),
        Endpoint.guarded(HttpMethod.DELETE, "/apps/:app", this::delete));
  }

  private Future<Answer> list(Call call) {
    Optional<String> tenant = Optional.ofNullable(call.request().getParam("tenant"));
    tenant.flatMap(Names::tenantProblem).ifPresent(problem -> call.problem("tenant", problem));
    String after = call.after();
    int limit = call.limit();
    call.check();
    return catalog
        .call(call.deadline(), connection -> new Apps(connection).page(tenant, after, limit + 1))
        .map(rows -> Pages.answer(rows, limit, AppEndpoints::json, App::name));
  }

  private Future<Answer> create(Call call) {
    String name = call.name("name", Names::appProblem);
    String tenant = call.optionalName("tenant", Names::tenantProblem).orElse(StaticKeyRules.TENANT);
    String title = call.title("title").orElse("");
    Playback playback = call.choice("playback", Playback.class).orElse(Playback.PUBLIC);
    PackagingChange packaging = PackagingFields.read(call, limits);
    call.check();
    return Refused.whenMissing(
        Refused.whenTaken(
            catalog
                .call(
                    call.deadline(),
                    connection ->
                        new Apps(connection).create(name, tenant, title, playback, packaging))
                .map(app -> Answer.created(json(app))),
            "app",
            name),
        "tenant",
        "there is no tenant '" + tenant + "'");
  }

  private Future<Answer> get(Call call) {
    String name = Paths.app(call);
    return catalog
        .call(call.deadline(), connection -> new Apps(connection).find(name))
        .map(found -> Answer.ok(json(Paths.found(found, "app", name))));
  }

  private Future<Answer> change(Call call) {
    String name = Paths.app(call);
    Optional<String> title = call.title("title");
    Optional<Playback> playback = call.choice("playback", Playback.class);
    PackagingChange packaging = PackagingFields.read(call, limits);
    call.check();
    return catalog
        .call(
            call.deadline(),
            connection -> new Apps(connection).change(name, title, playback, packaging))
        .onSuccess(changed -> known.forgetApp(name))
        .map(found -> Answer.ok(json(Paths.found(found, "app", name))));
  }

  private Future<Answer> delete(Call call) {
    String name = Paths.app(call);
    return catalog
        .call(call.deadline(), connection -> new Apps(connection).delete(name))
        .onSuccess(gone -> known.forgetApp(name))
        .map(there -> Paths.gone(there, "app", name));
  }

  private static JsonObject json(App app) {
    return PackagingFields.put(
        new JsonObject()
            .put("name", app.name())
            .put("tenant", app.tenant())
            .put("title", app.title())
            .put("playback", ValueText.word(app.playback()))
            .put("createdAt", app.createdAt().toString()),
        app.packaging());
  }
}
