package io.millrace.catalog.api;

import io.millrace.access.Names;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.records.PackagingChange;
import io.millrace.catalog.records.Tenant;
import io.millrace.catalog.records.Tenants;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** {@code /tenants}. */
final class TenantEndpoints {
  private final Catalog catalog;
  private final PackagingLimits limits;

  TenantEndpoints(Catalog catalog, PackagingLimits limits) {
    this.catalog = catalog;
    this.limits = limits;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/tenants", this::list),
        Endpoint.guarded(HttpMethod.POST, "/tenants", this::create),
        Endpoint.guarded(HttpMethod.GET, "/tenants/:tenant", this::get),
        Endpoint.guarded(HttpMethod.PATCH, "/tenants/:tenant", this::change),
        Endpoint.guarded(HttpMethod.DELETE, "/tenants/:tenant", this::delete));
  }

  private Future<Answer> list(Call call) {
    String after = call.after();
    int limit = call.limit();
    call.check();
    return catalog
        .call(call.deadline(), connection -> new Tenants(connection).page(after, limit + 1))
        .map(rows -> Pages.answer(rows, limit, TenantEndpoints::json, Tenant::name));
  }

  private Future<Answer> create(Call call) {
    String name = call.name("name", Names::tenantProblem);
    String title = call.title("title").orElse("");
    PackagingChange packaging = PackagingFields.read(call, limits);
    call.check();
    return Refused.whenTaken(
        catalog
            .call(
                call.deadline(),
                connection -> new Tenants(connection).create(name, title, packaging))
            .map(tenant -> Answer.created(json(tenant))),
        "tenant",
        name);
  }

  private Future<Answer> get(Call call) {
    String name = Paths.tenant(call);
    return catalog
        .call(call.deadline(), connection -> new Tenants(connection).find(name))
        .map(found -> Answer.ok(json(Paths.found(found, "tenant", name))));
  }

  private Future<Answer> change(Call call) {
    String name = Paths.tenant(call);
    Optional<String> title = call.title("title");
    PackagingChange packaging = PackagingFields.read(call, limits);
    if (!call.has("title") && !packaging.saysSomething()) {
      call.problem("title", "is missing");
    }
    call.check();
    return catalog
        .call(call.deadline(), connection -> new Tenants(connection).change(name, title, packaging))
        .map(found -> Answer.ok(json(Paths.found(found, "tenant", name))));
  }

  private Future<Answer> delete(Call call) {
    String name = Paths.tenant(call);
    return Refused.whenInUse(
        catalog
            .call(call.deadline(), connection -> new Tenants(connection).delete(name))
            .map(there -> Paths.gone(there, "tenant", name)),
        "tenant",
        name);
  }

  private static JsonObject json(Tenant tenant) {
    return PackagingFields.put(
        new JsonObject()
            .put("name", tenant.name())
            .put("title", tenant.title())
            .put("createdAt", tenant.createdAt().toString()),
        tenant.packaging());
  }
}
