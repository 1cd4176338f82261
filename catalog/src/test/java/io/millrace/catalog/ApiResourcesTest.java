package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tenants, apps and streams through the API, and what it refuses. Each test uses names of its own.
 */
@Timeout(60)
class ApiResourcesTest {
  private static final int LARGEST_BODY = 64 * 1024;

  @RegisterExtension static final ApiFixture api = new ApiFixture();

  @Test
  void makesChangesListsAndDeletesTenantsAppsAndStreams() throws Exception {
    assertThat(
            api.post("/tenants", new JsonObject().put("name", "t1").put("title", "T 1"))
                .statusCode())
        .isEqualTo(201);
    HttpResponse<String> app =
        api.post(
            "/apps",
            new JsonObject().put("name", "app1").put("tenant", "t1").put("playback", "token"));
    assertThat(app.statusCode()).isEqualTo(201);
    assertThat(json(app).getString("playback")).isEqualTo("token");
    assertThat(
            api.post("/apps/app1/streams", new JsonObject().put("name", "cam").put("title", "Cam"))
                .statusCode())
        .isEqualTo(201);

    HttpResponse<String> changed =
        api.send("PATCH", "/apps/app1/streams/cam", ADMIN, "{\"title\":\"Camera\"}");
    assertThat(json(changed).getString("title")).isEqualTo("Camera");
    assertThat(json(api.get("/apps/app1/streams/cam")).getString("title")).isEqualTo("Camera");
    assertThat(
            json(api.send("PATCH", "/apps/app1", ADMIN, "{\"playback\":\"public\"}"))
                .getString("playback"))
        .isEqualTo("public");

    HttpResponse<String> inUse = api.send("DELETE", "/tenants/t1", ADMIN, null);
    assertThat(inUse.statusCode()).isEqualTo(409);
    assertThat(code(inUse)).isEqualTo("tenant-in-use");
    assertThat(api.send("DELETE", "/apps/app1", ADMIN, null).statusCode()).isEqualTo(204);
    assertThat(api.get("/apps/app1/streams/cam").statusCode()).isEqualTo(404);
    assertThat(api.send("DELETE", "/tenants/t1", ADMIN, null).statusCode()).isEqualTo(204);
  }

  @Test
  void givesListsInPages() throws Exception {
    api.post("/apps", new JsonObject().put("name", "paged"));
    for (String name : List.of("a", "B", "c", "d", "e")) {
      api.post("/apps/paged/streams", new JsonObject().put("name", name));
    }
    List<String> names = new ArrayList<>();
    String after = "";
    for (int page = 0; after != null && page < 5; page++) {
      JsonObject body = json(api.get("/apps/paged/streams?limit=2&after=" + after));
      assertThat(body.getJsonArray("items")).hasSizeLessThanOrEqualTo(2);
      body.getJsonArray("items").forEach(its -> names.add(((JsonObject) its).getString("name")));
      after = body.getString("next");
    }
    assertThat(names).containsExactly("B", "a", "c", "d", "e");
  }

  @Test
  void namesEveryFieldThatCannotBeUsed() throws Exception {
    HttpResponse<String> answer =
        api.post(
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
    assertThat(code(api.send("POST", "/apps", ADMIN, "[1]"))).isEqualTo("malformed-json");
    assertThat(code(api.send("POST", "/apps", ADMIN, "{"))).isEqualTo("malformed-json");
    assertThat(
            api.send("POST", "/apps", ADMIN, "{\"title\":\"" + "x".repeat(LARGEST_BODY) + "\"}")
                .statusCode())
        .isEqualTo(413);
    assertThat(code(api.post("/apps", new JsonObject().put("name", "live"))))
        .isEqualTo("app-exists");
    assertThat(code(api.post("/apps", new JsonObject().put("name", "x").put("tenant", "nobody"))))
        .isEqualTo("invalid-request");
    assertThat(code(api.post("/apps/none/keys", new JsonObject()))).isEqualTo("app-not-found");
    assertThat(api.get("/apps/%00").statusCode()).isEqualTo(404);
    assertThat(api.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(api.send("PUT", "/apps", ADMIN, "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void aBodyMayHaveWhatTheDocumentsSayAndNotAByteMore() throws Exception {
    assertThat(Files.readString(Clips.repositoryRoot().resolve("docs/configuration.md")))
        .contains("The API takes bodies of up to 64 KiB");
    String longest = "{\"title\":\"" + "x".repeat(LARGEST_BODY - 12) + "\"}";
    assertThat(longest).hasSize(LARGEST_BODY);
    assertThat(code(api.send("POST", "/apps", ADMIN, longest))).isEqualTo("invalid-request");
    HttpResponse<String> longer = api.send("POST", "/apps", ADMIN, longest + " ");
    assertThat(longer.statusCode()).isEqualTo(413);
    assertThat(json(longer).getString("detail")).isEqualTo("a body may have 65536 bytes");
  }

  @Test
  void saysWhichMethodsAnAddressTakesAndAnswersHeadLikeGet() throws Exception {
    HttpResponse<String> wrong = api.send("PUT", "/apps", ADMIN, "{}");
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).contains("GET, HEAD, POST");
    assertThat(code(wrong)).isEqualTo("method-not-allowed");
    assertThat(
            api.send("GET", "/apps/live/keys/key_a/rotate", ADMIN, null)
                .headers()
                .firstValue("Allow"))
        .contains("POST");

    HttpResponse<String> get = api.get("/apps/live");
    HttpResponse<String> head = api.send("HEAD", "/apps/live", ADMIN, null);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .contains(String.valueOf(get.body().length()));
    assertThat(api.send("HEAD", "/apps", null, null).statusCode()).isEqualTo(401);
    HttpResponse<String> nothing = api.send("HEAD", "/apps/none", ADMIN, null);
    assertThat(nothing.statusCode()).isEqualTo(404);
    assertThat(nothing.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void everyRefusalIsAProblemDocument() throws Exception {
    List<HttpResponse<String>> refusals =
        List.of(
            api.get("/nothing"),
            api.send("PUT", "/apps", ADMIN, "{}"),
            api.send("POST", "/apps", ADMIN, "{\"title\":\"" + "x".repeat(LARGEST_BODY) + "\"}"),
            api.send(
                api.request("/apps")
                    .header("Authorization", ADMIN)
                    .header("Content-Type", "text/plain")
                    .POST(BodyPublishers.ofString("{}"))));

    assertThat(refusals.stream().map(HttpResponse::statusCode)).containsExactly(404, 405, 413, 415);
    assertThat(refusals)
        .allSatisfy(
            its ->
                assertThat(its.headers().firstValue("Content-Type"))
                    .contains("application/problem+json"));
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

    assertThat(described).containsExactlyInAnyOrderElementsOf(api.api().served());
  }
}
