package io.millrace.catalog;

import io.millrace.catalog.api.ApiRouter;
import io.millrace.http.Mount;
import io.millrace.http.OpenApi;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;

/** The JSON API, {@code /api/v1}; described by the resource {@code openapi/catalog.json}. */
public final class CatalogApi {
  private final ApiRouter api;

  public CatalogApi(
      Vertx vertx,
      Catalog catalog,
      KnownApps apps,
      CatalogPorts ports,
      SignIns signIns,
      InstantSource clock) {
    this.api = new ApiRouter(vertx, catalog, apps, ports, signIns.authenticator(), clock);
  }

  public Mount mount() {
    return new Mount(ApiRouter.PREFIX, api.router());
  }

  /** What is served, for {@link OpenApi#add}. */
  public static JsonObject description() {
    return OpenApi.resource(CatalogApi.class, "/openapi/catalog.json");
  }

  /** What is served, as {@code GET /api/v1/apps/{app}}. */
  public List<String> served() {
    return api.served();
  }
}
