package io.millrace.catalog;

import io.millrace.catalog.api.ApiRouter;
import io.millrace.catalog.imports.Imports;
import io.millrace.http.Mount;
import io.millrace.http.OpenApi;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;

/**
 * The JSON API, {@code /api/v1}, and what is uploaded through it; described by the resource {@code
 * openapi/catalog.json}.
 */
public final class CatalogApi implements AutoCloseable {
  private final Imports imports;
  private final ApiRouter api;

  /**
   * Blocks on the disk.
   *
   * @throws IOException when it takes no uploads
   */
  public CatalogApi(
      Vertx vertx,
      Catalog catalog,
      KnownApps apps,
      CatalogPorts ports,
      ImportConfig uploads,
      SignIns signIns,
      InstantSource clock)
      throws IOException {
    this.imports = new Imports(vertx, uploads, ports.imports(), clock);
    this.api = new ApiRouter(vertx, catalog, apps, ports, imports, signIns.authenticator(), clock);
  }

  public List<Mount> mounts() {
    Router router = api.router();
    return List.of(new Mount(ApiRouter.PREFIX, router), Mount.ofUploads(ApiRouter.UPLOADS, router));
  }

  /** What is served, for {@link OpenApi#add}. */
  public static JsonObject description() {
    return OpenApi.resource(CatalogApi.class, "/openapi/catalog.json");
  }

  /** What is served, as {@code GET /api/v1/apps/{app}}. */
  public List<String> served() {
    return api.served();
  }

  @Override
  public void close() {
    imports.close();
  }
}
