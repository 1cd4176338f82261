package io.millrace.catalog;

import io.millrace.catalog.api.ApiRouter;
import io.millrace.http.Mount;
import io.millrace.http.OpenApi;
import io.millrace.http.TrustedProxies;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The JSON API, {@code /api/v1}; described by the resource {@code openapi/catalog.json}. */
public final class CatalogApi {
  private final ApiRouter api;

  /**
   * @param local lets the command line on this machine in, where given
   * @param proxies whose word about the client's address counts
   */
  public CatalogApi(
      Vertx vertx,
      Catalog catalog,
      KnownApps apps,
      LiveDirectory live,
      Optional<LocalCredential> local,
      CatalogMetrics metrics,
      InstantSource clock,
      TrustedProxies proxies) {
    this.api = new ApiRouter(vertx, catalog, apps, live, local, metrics, clock, proxies);
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
