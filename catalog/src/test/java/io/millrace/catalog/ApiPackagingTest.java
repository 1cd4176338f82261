package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How streams are packaged, said by tenants, apps and streams. Each test uses names of its own. */
@Timeout(60)
class ApiPackagingTest {
  @RegisterExtension static final ApiFixture api = new ApiFixture();

  private static Packaging packaging(String app, String stream) throws Exception {
    return new KnownPackaging(api.catalog(), api.clock())
        .of(app, stream)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static JsonObject patch(String path, String body) throws Exception {
    HttpResponse<String> answer = api.send("PATCH", path, ADMIN, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  @Test
  void theNearestWordCounts() throws Exception {
    api.post(
        "/tenants",
        new JsonObject()
            .put("name", "p-tenant")
            .put("ladder", new JsonArray(List.of("copy", "360p")))
            .put("windowSeconds", 600));
    api.post("/apps", new JsonObject().put("name", "p-app").put("tenant", "p-tenant"));
    api.post("/apps/p-app/streams", new JsonObject().put("name", "cam").put("windowSeconds", 7200));
    Packaging ofTenant =
        new Packaging(
            Optional.of(List.of("copy", "360p")),
            Optional.of(Duration.ofMinutes(10)),
            Optional.empty());

    assertThat(packaging("p-app", "never-made")).isEqualTo(ofTenant);
    assertThat(packaging("p-app", "cam"))
        .isEqualTo(
            new Packaging(
                Optional.of(List.of("copy", "360p")),
                Optional.of(Duration.ofHours(2)),
                Optional.empty()));

    JsonObject app = patch("/apps/p-app", "{\"ladder\":[\"copy\"]}");
    assertThat(app.getJsonArray("ladder")).containsExactly("copy");
    assertThat(app.getValue("windowSeconds")).isNull();
    assertThat(packaging("p-app", "cam").ladder()).contains(List.of("copy"));

    patch("/apps/p-app/streams/cam", "{\"windowSeconds\":null}");
    assertThat(packaging("p-app", "cam"))
        .isEqualTo(
            new Packaging(
                Optional.of(List.of("copy")),
                Optional.of(Duration.ofMinutes(10)),
                Optional.empty()));

    patch("/apps/p-app", "{\"ladder\":null}");
    assertThat(packaging("p-app", "cam")).isEqualTo(ofTenant);
    patch("/tenants/p-tenant", "{\"ladder\":null,\"windowSeconds\":null}");
    assertThat(packaging("p-app", "cam")).isEqualTo(Packaging.UNSAID);
    assertThat(packaging("no-such-app", "cam")).isEqualTo(Packaging.UNSAID);
  }

  @Test
  void languagesAreSaidOfTracksAndTakenBack() throws Exception {
    api.post(
        "/apps",
        new JsonObject()
            .put("name", "p-spoken")
            .put("languages", new JsonObject("{\"audio\":{\"language\":\"en\"}}")));
    Map<String, TrackNaming> ofApp = Map.of("audio", new TrackNaming("en", Optional.empty()));
    JsonObject made =
        json(
            api.post(
                "/apps/p-spoken/streams",
                new JsonObject()
                    .put("name", "duo")
                    .put(
                        "languages",
                        new JsonObject(
                            "{\"audio\":{\"language\":\"en\"},"
                                + "\"audio-2\":{\"language\":\"de\",\"name\":\"Kommentar\"}}"))));

    assertThat(made.getJsonObject("languages").getJsonObject("audio-2").getString("name"))
        .isEqualTo("Kommentar");
    assertThat(packaging("p-spoken", "duo").languages())
        .contains(
            Map.of(
                "audio",
                new TrackNaming("en", Optional.empty()),
                "audio-2",
                new TrackNaming("de", Optional.of("Kommentar"))));
    assertThat(packaging("p-spoken", "other").languages()).contains(ofApp);

    patch("/apps/p-spoken/streams/duo", "{\"title\":\"Duo\"}");
    assertThat(packaging("p-spoken", "duo").languages()).isNotEqualTo(Optional.of(ofApp));
    patch("/apps/p-spoken/streams/duo", "{\"languages\":null}");
    assertThat(packaging("p-spoken", "duo").languages()).contains(ofApp);
    patch("/apps/p-spoken", "{\"languages\":{}}");
    assertThat(packaging("p-spoken", "duo")).isEqualTo(Packaging.UNSAID);
  }

  @Test
  void whatIsNotSaidStays() throws Exception {
    api.post("/apps", new JsonObject().put("name", "p-stays").put("windowSeconds", 60));

    JsonObject changed = patch("/apps/p-stays", "{\"title\":\"Title\"}");

    assertThat(changed.getLong("windowSeconds")).isEqualTo(60);
    assertThat(patch("/apps/p-stays", "{\"windowSeconds\":90}").getString("title"))
        .isEqualTo("Title");
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    HttpResponse<String> answer =
        api.post(
            "/apps",
            new JsonObject()
                .put("name", "p-wrong")
                .put("ladder", new JsonArray(List.of("copy", "9000p")))
                .put("windowSeconds", 5));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("there is no rung '9000p'")
        .contains("is not a whole number of seconds from 6 to 86400");
    for (String ladder : List.of("\"copy\"", "[1]", "{}")) {
      HttpResponse<String> refused =
          api.send("PATCH", "/tenants/default", ADMIN, "{\"ladder\":" + ladder + "}");
      assertThat(refused.statusCode()).as(ladder).isEqualTo(400);
      assertThat(refused.body()).contains("is no list of texts");
    }
    assertThat(api.send("PATCH", "/tenants/default", ADMIN, "{\"ladder\":[]}").body())
        .contains("is empty; name one at least, or say null");
    for (String languages :
        List.of(
            "[]",
            "{\"audio\":\"en\"}",
            "{\"audio\":{}}",
            "{\"audio\":{\"language\":\"en\",\"name\":1}}",
            "{\"audio\":{\"language\":\"en\",\"more\":\"x\"}}",
            "{\"audio\":{\"language\":\"nope\"}}")) {
      HttpResponse<String> refused =
          api.send("PATCH", "/tenants/default", ADMIN, "{\"languages\":" + languages + "}");
      assertThat(refused.statusCode()).as(languages).isEqualTo(400);
      assertThat(refused.body()).contains("\"languages\"");
    }
    assertThat(api.get("/apps/p-wrong").statusCode()).isEqualTo(404);
  }
}
