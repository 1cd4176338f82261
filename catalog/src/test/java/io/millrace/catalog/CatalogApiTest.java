package io.millrace.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.millrace.http.TrustedProxies;
import io.millrace.testkit.FakeClock;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API over HTTP, with a real database. Each test uses names of its own. */
@Timeout(60)
class CatalogApiTest {
  private static final String ADMIN = basic("admin", "secret-of-admin");

  @TempDir static Path directory;

  private static final FakeClock CLOCK = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private static final FakeLiveDirectory LIVE = new FakeLiveDirectory();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Vertx VERTX = Vertx.vertx();
  private static CatalogForTest server;
  private static CatalogAccessRules rules;
  private static CatalogApi api;
  private static String address;
  private static String localToken;

  @BeforeAll
  static void start() throws Exception {
    server =
        CatalogForTest.open(directory, Map.of("access.adminPassword", "secret-of-admin"), CLOCK);
    KnownApps apps = new KnownApps(server.catalog(), CLOCK);
    rules =
        new CatalogAccessRules(server.catalog(), apps, Optional.empty(), server.metrics(), CLOCK);
    LocalCredential local = LocalCredential.write(server.data());
    localToken = Files.readString(directory.resolve(LocalCredential.FILE)).strip();
    api =
        new CatalogApi(
            VERTX,
            server.catalog(),
            apps,
            LIVE,
            Optional.of(local),
            server.metrics(),
            CLOCK,
            TrustedProxies.NONE);
    HttpServer http =
        VERTX
            .createHttpServer()
            .requestHandler(api.mount().handler())
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    address = "http://127.0.0.1:" + http.actualPort() + "/api/v1";
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    server.close();
    CLIENT.close();
  }

  @Test
  void makesChangesListsAndDeletesTenantsAppsAndStreams() throws Exception {
    assertThat(
            post("/tenants", new JsonObject().put("name", "t1").put("title", "T 1")).statusCode())
        .isEqualTo(201);
    HttpResponse<String> app =
        post(
            "/apps",
            new JsonObject().put("name", "app1").put("tenant", "t1").put("playback", "token"));
    assertThat(app.statusCode()).isEqualTo(201);
    assertThat(json(app).getString("playback")).isEqualTo("token");
    assertThat(
            post("/apps/app1/streams", new JsonObject().put("name", "cam").put("title", "Cam"))
                .statusCode())
        .isEqualTo(201);

    HttpResponse<String> changed =
        send("PATCH", "/apps/app1/streams/cam", ADMIN, "{\"title\":\"Camera\"}");
    assertThat(json(changed).getString("title")).isEqualTo("Camera");
    assertThat(json(get("/apps/app1/streams/cam")).getString("title")).isEqualTo("Camera");
    assertThat(
            json(send("PATCH", "/apps/app1", ADMIN, "{\"playback\":\"public\"}"))
                .getString("playback"))
        .isEqualTo("public");

    HttpResponse<String> inUse = send("DELETE", "/tenants/t1", ADMIN, null);
    assertThat(inUse.statusCode()).isEqualTo(409);
    assertThat(code(inUse)).isEqualTo("tenant-in-use");
    assertThat(send("DELETE", "/apps/app1", ADMIN, null).statusCode()).isEqualTo(204);
    assertThat(get("/apps/app1/streams/cam").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/tenants/t1", ADMIN, null).statusCode()).isEqualTo(204);
  }

  @Test
  void givesListsInPages() throws Exception {
    post("/apps", new JsonObject().put("name", "paged"));
    for (String name : List.of("a", "B", "c", "d", "e")) {
      post("/apps/paged/streams", new JsonObject().put("name", name));
    }
    List<String> names = new ArrayList<>();
    String after = "";
    for (int page = 0; after != null && page < 5; page++) {
      JsonObject body = json(get("/apps/paged/streams?limit=2&after=" + after));
      assertThat(body.getJsonArray("items")).hasSizeLessThanOrEqualTo(2);
      body.getJsonArray("items").forEach(its -> names.add(((JsonObject) its).getString("name")));
      after = body.getString("next");
    }
    assertThat(names).containsExactly("B", "a", "c", "d", "e");
  }

  @Test
  void namesEveryFieldThatCannotBeUsed() throws Exception {
    HttpResponse<String> answer =
        post(
            "/apps",
            new JsonObject()
                .put("name", "Not Allowed")
                .put("title", "x".repeat(201))
                .put("playback", "nobody")
                .put("nmae", 1));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonArray errors = json(answer).getJsonArray("errors");
    assertThat(errors.stream().map(its -> ((JsonObject) its).getString("field")))
        .containsExactlyInAnyOrder("name", "title", "playback", "nmae");
  }

  @Test
  void refusesWhatIsNoJsonObjectTooLargeTakenOrMissing() throws Exception {
    assertThat(code(send("POST", "/apps", ADMIN, "[1]"))).isEqualTo("malformed-json");
    assertThat(code(send("POST", "/apps", ADMIN, "{"))).isEqualTo("malformed-json");
    assertThat(
            send("POST", "/apps", ADMIN, "{\"title\":\"" + "x".repeat(70_000) + "\"}").statusCode())
        .isEqualTo(413);
    assertThat(code(post("/apps", new JsonObject().put("name", "live")))).isEqualTo("app-exists");
    assertThat(code(post("/apps", new JsonObject().put("name", "x").put("tenant", "nobody"))))
        .isEqualTo("invalid-request");
    assertThat(code(post("/apps/none/keys", new JsonObject()))).isEqualTo("app-not-found");
    assertThat(get("/apps/%00").statusCode()).isEqualTo(404);
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(send("PUT", "/apps", ADMIN, "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void rotatesAKeyWithAnOverlapAndRevokesAtOnce() throws Exception {
    post("/apps", new JsonObject().put("name", "keyed"));
    JsonObject first = json(post("/apps/keyed/keys", new JsonObject().put("label", "studio")));
    assertThat(opens("keyed", first.getString("key"))).isTrue();

    HttpResponse<String> rotated =
        post(
            "/apps/keyed/keys/" + first.getString("id") + "/rotate",
            new JsonObject().put("overlapSeconds", 600));
    JsonObject second = json(rotated);
    assertThat(second.getString("label")).isEqualTo("studio");
    assertThat(opens("keyed", first.getString("key"))).isTrue();
    assertThat(opens("keyed", second.getString("key"))).isTrue();
    CLOCK.advance(Duration.ofMinutes(10));
    assertThat(opens("keyed", first.getString("key"))).isFalse();
    assertThat(opens("keyed", second.getString("key"))).isTrue();

    assertThat(
            send("DELETE", "/apps/keyed/keys/" + second.getString("id"), ADMIN, null).statusCode())
        .isEqualTo(204);
    assertThat(opens("keyed", second.getString("key"))).isFalse();
    assertThat(get("/apps/keyed/keys").body())
        .doesNotContain(first.getString("key"))
        .doesNotContain("hash");
  }

  @Test
  void aRotatedKeyEndsWhenTheOldOneWouldHaveUnlessALifetimeIsGiven() throws Exception {
    post("/apps", new JsonObject().put("name", "ending"));
    String keys = "/apps/ending/keys";
    JsonObject first = json(post(keys, new JsonObject().put("lifetimeSeconds", 3600)));
    String rotate = keys + "/" + first.getString("id") + "/rotate";

    assertThat(
            json(post(rotate, new JsonObject().put("overlapSeconds", 60))).getString("expiresAt"))
        .isEqualTo(first.getString("expiresAt"));
    assertThat(
            json(post(rotate, new JsonObject().put("lifetimeSeconds", 7200)))
                .getString("expiresAt"))
        .isEqualTo(CLOCK.instant().plusSeconds(7200).toString());
    CLOCK.advance(Duration.ofHours(1));
    assertThat(code(post(rotate, new JsonObject()))).isEqualTo("key-expired");
    assertThat(post(rotate, new JsonObject().put("lifetimeSeconds", 60)).statusCode())
        .isEqualTo(201);
  }

  @Test
  void aChangedPasswordEndsTheTokensOfItsAccount() throws Exception {
    JsonObject token = json(post("/tokens", new JsonObject()));
    String bearer = "Bearer " + token.getString("token");
    assertThat(send("GET", "/apps", bearer, null).statusCode()).isEqualTo(200);

    String same = new JsonObject().put("password", "secret-of-admin").encode();
    assertThat(send("PATCH", "/account", ADMIN, same).statusCode()).isEqualTo(204);

    assertThat(send("GET", "/apps", bearer, null).statusCode()).isEqualTo(401);
    assertThat(send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
  }

  @Test
  void saysWhichMethodsAnAddressTakesAndAnswersHeadLikeGet() throws Exception {
    HttpResponse<String> wrong = send("PUT", "/apps", ADMIN, "{}");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD, POST");
    assertThat(code(wrong)).isEqualTo("method-not-allowed");
    assertThat(
            send("GET", "/apps/live/keys/key_a/rotate", ADMIN, null).headers().firstValue("Allow"))
        .contains("POST");

    HttpResponse<String> get = get("/apps/live");
    HttpResponse<String> head = send("HEAD", "/apps/live", ADMIN, null);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .contains(String.valueOf(get.body().length()));
    assertThat(send("HEAD", "/apps", null, null).statusCode()).isEqualTo(401);
    HttpResponse<String> nothing = send("HEAD", "/apps/none", ADMIN, null);
    assertThat(nothing.statusCode()).isEqualTo(404);
    assertThat(nothing.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void everyRefusalIsAProblemDocument() throws Exception {
    List<HttpResponse<String>> refusals =
        List.of(
            get("/nothing"),
            send("PUT", "/apps", ADMIN, "{}"),
            send("POST", "/apps", ADMIN, "{\"title\":\"" + "x".repeat(70_000) + "\"}"),
            CLIENT.send(
                HttpRequest.newBuilder(URI.create(address + "/apps"))
                    .header("Authorization", ADMIN)
                    .header("Content-Type", "text/plain")
                    .POST(BodyPublishers.ofString("{}"))
                    .build(),
                BodyHandlers.ofString()));

    assertThat(refusals.stream().map(HttpResponse::statusCode)).containsExactly(404, 405, 413, 415);
    assertThat(refusals)
        .allSatisfy(
            its ->
                assertThat(its.headers().firstValue("Content-Type"))
                    .contains("application/problem+json"));
  }

  @Test
  void letsInByPasswordByTokenAndByTheLocalCredentialAndNobodyElse() throws Exception {
    assertThat(send("GET", "/apps", null, null).headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(its -> assertThat(its).startsWith("Basic"));
    assertThat(send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
    JsonObject token = json(post("/tokens", new JsonObject().put("lifetimeSeconds", 60)));
    String bearer = "Bearer " + token.getString("token");
    assertThat(send("GET", "/apps", bearer, null).statusCode()).isEqualTo(200);
    CLOCK.advance(Duration.ofSeconds(61));
    assertThat(send("GET", "/apps", bearer, null).statusCode()).isEqualTo(401);

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(LocalCredential.FILE))))
        .isEqualTo("rw-------");
    String local = "Bearer " + localToken;
    assertThat(send("GET", "/account", local, null).statusCode()).isEqualTo(200);
    HttpRequest forwarded =
        HttpRequest.newBuilder(URI.create(address + "/account"))
            .header("Authorization", local)
            .header("X-Forwarded-For", "203.0.113.9")
            .build();
    assertThat(CLIENT.send(forwarded, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
  }

  @Test
  void slowsDownWhoeverGuessesAndNobodyElse() throws Exception {
    assertThat(send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
    String wrong = basic("admin", "guess");
    int last = 0;
    for (int i = 0; i < 8 && last != 429; i++) {
      last = send("GET", "/apps", wrong, null).statusCode();
    }
    assertThat(last).isEqualTo(429);
    HttpResponse<String> limited = send("GET", "/apps", wrong, null);
    assertThat(limited.headers().firstValue("Retry-After")).isPresent();
    // The same address: a password known to be right, and a token that nobody can guess.
    assertThat(send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
    assertThat(send("GET", "/apps", "Bearer " + localToken, null).statusCode()).isEqualTo(200);

    CLOCK.advance(Duration.ofMinutes(2));
    assertThat(send("GET", "/apps", wrong, null).statusCode()).isEqualTo(401);
  }

  @Test
  void tellsEverybodyWhoIsOnAirInPublicAppsOnly() throws Exception {
    post("/apps", new JsonObject().put("name", "private").put("playback", "token"));
    post("/apps/live/streams", new JsonObject().put("name", "onair").put("title", "On air"));
    LIVE.add(entry("live", "onair"));
    LIVE.add(entry("private", "secret"));

    HttpResponse<String> list = send("GET", "/live", null, null);
    assertThat(list.body()).doesNotContain("secret");
    JsonObject entry = json(list).getJsonArray("streams").getJsonObject(0);
    assertThat(entry.getString("title")).isEqualTo("On air");
    assertThat(entry.getString("state")).isEqualTo("live");
    assertThat(entry.getString("playlist")).isEqualTo("/play/live/onair/index.m3u8");
    String tag = list.headers().firstValue("ETag").orElseThrow();
    HttpRequest again =
        HttpRequest.newBuilder(URI.create(address + "/live")).header("If-None-Match", tag).build();
    assertThat(CLIENT.send(again, BodyHandlers.ofString()).statusCode()).isEqualTo(304);

    assertThat(json(send("GET", "/live/live/never", null, null)).getString("state"))
        .isEqualTo("offline");
    assertThat(send("GET", "/live/private/secret", null, null).statusCode()).isEqualTo(404);
    assertThat(send("GET", "/live/live/onair/health", null, null).statusCode()).isEqualTo(401);
    HttpResponse<String> health = get("/live/live/onair/health");
    assertThat(json(health).getDouble("pace")).isEqualTo(1.0);
    assertThat(health.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(code(get("/live/live/never/health"))).isEqualTo("stream-not-live");
    assertThat(send("DELETE", "/live/live/onair", null, null).statusCode()).isEqualTo(401);
    assertThat(send("DELETE", "/live/live/onair", ADMIN, null).statusCode()).isEqualTo(204);
    assertThat(code(send("DELETE", "/live/live/onair", ADMIN, null))).isEqualTo("stream-not-live");
  }

  @Test
  void isDescribedRouteByRoute() {
    JsonObject paths = CatalogApi.description().getJsonObject("paths");
    List<String> described =
        paths.stream()
            .flatMap(
                path ->
                    ((JsonObject) path.getValue())
                        .fieldNames().stream()
                            .map(method -> method.toUpperCase(Locale.ROOT) + " " + path.getKey()))
            .collect(Collectors.toList());

    assertThat(described).containsExactlyInAnyOrderElementsOf(api.served());
  }

  private static LiveEntry entry(String app, String stream) {
    return new LiveEntry(
        app,
        stream,
        "01JD",
        LiveEntry.State.LIVE,
        CLOCK.instant(),
        3,
        1280,
        720,
        List.of("avc1.64001f", "mp4a.40.2"),
        "/play/" + app + "/" + stream + "/index.m3u8",
        Optional.empty());
  }

  private static boolean opens(String app, String key) throws Exception {
    return rules
            .decide(
                new AccessRequest(
                    Action.PUBLISH, app, "s", Optional.of(key), "rtmp", "127.0.0.1", Map.of()))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS)
        instanceof Allowed;
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send("GET", path, ADMIN, null);
  }

  private static HttpResponse<String> post(String path, JsonObject body) throws Exception {
    return send("POST", path, ADMIN, body.encode());
  }

  private static HttpResponse<String> send(
      String method, String path, String authorization, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
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
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  private static String code(HttpResponse<String> response) {
    return json(response).getString("type").replace("urn:millrace:problem:", "");
  }

  private static String basic(String name, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
