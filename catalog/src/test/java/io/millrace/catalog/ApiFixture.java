package io.millrace.catalog;

import io.millrace.http.TrustedProxies;
import io.millrace.testkit.FakeClock;
import io.millrace.testkit.TempFolder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The API over HTTP, with a real database, and a client that asks it; registered by a test class as
 * a static extension, it runs for all of its tests.
 */
final class ApiFixture implements BeforeAllCallback, AfterAllCallback {
  /** So long may a file be. */
  static final int MOST_UPLOADED = 1 << 20;

  static final String PASSWORD = "secret-of-admin";
  static final String ADMIN = basic("admin", PASSWORD);

  /** A ladder has no rung of 9000 lines, and nobody speaks "nope". */
  private static final PackagingLimits LIMITS =
      new PackagingLimits(
          words ->
              words.contains("9000p") ? Optional.of("there is no rung '9000p'") : Optional.empty(),
          words ->
              words.contains("8000p") ? Optional.of("there is no rung '8000p'") : Optional.empty(),
          languages ->
              languages.values().stream().anyMatch(naming -> naming.language().equals("nope"))
                  ? Optional.of("'nope' is no language")
                  : Optional.empty(),
          Duration.ofSeconds(6),
          Duration.ofHours(24));

  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final FakeLiveDirectory live = new FakeLiveDirectory();
  private final FakeAssetDirectory assets = new FakeAssetDirectory();
  private final FakeAssetClips clips = new FakeAssetClips();
  private final FakeAssetImports imports = new FakeAssetImports();
  private final FakeStreamCues cues = new FakeStreamCues();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx = Vertx.vertx();
  private final TempFolder folder = TempFolder.create("millrace-api-");

  // These from beforeAll on.
  private CatalogForTest server;
  private CatalogAccessRules rules;
  private CatalogTopicKeys topicKeys;
  private CatalogApi api;
  private String address;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    server = CatalogForTest.open(folder.path(), Map.of("access.adminPassword", PASSWORD), clock);
    KnownApps apps = new KnownApps(server.catalog(), clock);
    KnownKeys keys = new KnownKeys(server.catalog(), clock);
    rules = new CatalogAccessRules(apps, keys, Optional.empty(), server.metrics(), clock);
    topicKeys = new CatalogTopicKeys(keys, server.metrics(), clock);
    LocalCredential local = LocalCredential.write(server.data());
    api =
        new CatalogApi(
            vertx,
            server.catalog(),
            apps,
            new CatalogPorts(live, cues, assets, clips, imports, LIMITS),
            new ImportConfig(MOST_UPLOADED, uploads()),
            new SignIns(
                vertx, server.catalog(), local, server.metrics(), clock, TrustedProxies.NONE),
            clock);
    HttpServer http =
        vertx
            .createHttpServer()
            .requestHandler(api.mounts().getFirst().handler())
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    address = "http://127.0.0.1:" + http.actualPort() + "/api/v1";
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    server.close();
    client.close();
    folder.close();
  }

  FakeClock clock() {
    return clock;
  }

  FakeLiveDirectory live() {
    return live;
  }

  FakeAssetImports imports() {
    return imports;
  }

  FakeAssetClips clips() {
    return clips;
  }

  FakeAssetDirectory assets() {
    return assets;
  }

  FakeStreamCues cues() {
    return cues;
  }

  Catalog catalog() {
    return server.catalog();
  }

  /** Transactions that have not ended. */
  double running() {
    return server.running();
  }

  CatalogAccessRules rules() {
    return rules;
  }

  CatalogTopicKeys topicKeys() {
    return topicKeys;
  }

  /** Where files are while they are imported. */
  Path uploads() {
    return folder.path().resolve("uploads");
  }

  int port() {
    return URI.create(address).getPort();
  }

  CatalogApi api() {
    return api;
  }

  /** What holds the credential of the command line on this machine. */
  Path localCredential() {
    return folder.path().resolve(LocalCredential.FILE);
  }

  /** The credential of the command line on this machine. */
  String localToken() throws IOException {
    return Files.readString(localCredential()).strip();
  }

  HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, ADMIN, null);
  }

  HttpResponse<String> post(String path, JsonObject body) throws Exception {
    return send("POST", path, ADMIN, body.encode());
  }

  HttpResponse<String> delete(String path) throws Exception {
    return send("DELETE", path, ADMIN, null);
  }

  /**
   * @param authorization none where null
   * @param body JSON; none where null
   */
  HttpResponse<String> send(
      String method, String path, @Nullable String authorization, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(body));
    }
    return send(request);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  /** The word of a problem document. */
  static String code(HttpResponse<String> response) {
    return json(response).getString("type").replace("urn:millrace:problem:", "");
  }

  static String basic(String name, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
