package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.http.FieldProblem;
import io.millrace.http.Problem;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What has been recorded, through the API. */
@Timeout(60)
class ApiAssetsTest {
  private static final String FIRST = "01M7YZMHG0B2Y153S441CND7V7";
  private static final String SECOND = "01M7YZMHG1B2Y153S441CND7V7";
  private static final String THIRD = "01M7YZMHG4B2Y153S441CND7V7";
  private static final String HIDDEN = "01M7YZMHG2B2Y153S441CND7V7";

  @RegisterExtension static final ApiFixture api = new ApiFixture();

  @Test
  void everybodySeesThoseOfPublicAppsAndAdministratorsKeepAndRemoveAny() throws Exception {
    api.post("/apps", new JsonObject().put("name", "closed").put("playback", "token"));
    api.post("/apps/live/streams", new JsonObject().put("name", "show").put("title", "The show"));
    api.assets().add(entry(FIRST, "live"));
    api.assets().add(entry(SECOND, "live"));
    api.assets().add(entry(HIDDEN, "closed"));

    HttpResponse<String> list = api.send("GET", "/assets", null, null);
    assertThat(ids(list)).containsExactly(SECOND, FIRST);
    JsonObject shown = json(list).getJsonArray("items").getJsonObject(1);
    assertThat(shown.getString("title")).isEqualTo("The show");
    assertThat(shown.getDouble("durationSeconds")).isEqualTo(90.5);
    assertThat(shown.getString("playlist")).isEqualTo("/play/vod/" + FIRST + "/index.m3u8");
    assertThat(json(list).getString("next")).isNull();

    HttpResponse<String> page = api.send("GET", "/assets?limit=1", null, null);
    assertThat(ids(page)).containsExactly(SECOND);
    assertThat(json(page).getString("next")).isEqualTo(SECOND);
    assertThat(ids(api.send("GET", "/assets?limit=1&after=" + SECOND, null, null)))
        .containsExactly(FIRST);

    assertThat(api.send("GET", "/apps/closed/assets", null, null).statusCode()).isEqualTo(401);
    assertThat(ids(api.get("/apps/closed/assets"))).containsExactly(HIDDEN);
    assertThat(code(api.get("/apps/unknown/assets"))).isEqualTo("app-not-found");
    assertThat(api.send("GET", "/assets/" + HIDDEN, null, null).statusCode()).isEqualTo(404);
    assertThat(json(api.send("GET", "/assets/" + FIRST, null, null)).getBoolean("pinned"))
        .isFalse();
    assertThat(code(api.get("/assets/nonsense"))).isEqualTo("asset-not-found");

    JsonObject pin = new JsonObject().put("pinned", true);
    assertThat(api.send("PATCH", "/assets/" + FIRST, null, pin.encode()).statusCode())
        .isEqualTo(401);
    assertThat(
            json(api.send("PATCH", "/assets/" + FIRST, ADMIN, pin.encode())).getBoolean("pinned"))
        .isTrue();
    assertThat(api.send("PATCH", "/assets/" + FIRST, ADMIN, "{}").statusCode()).isEqualTo(400);
    assertThat(json(api.get("/assets/" + FIRST)).getBoolean("pinned")).isTrue();

    assertThat(api.send("DELETE", "/assets/" + FIRST, null, null).statusCode()).isEqualTo(401);
    assertThat(api.send("DELETE", "/assets/" + FIRST, ADMIN, null).statusCode()).isEqualTo(204);
    assertThat(code(api.send("DELETE", "/assets/" + FIRST, ADMIN, null)))
        .isEqualTo("asset-not-found");
    assertThat(ids(api.send("GET", "/assets", null, null))).containsExactly(SECOND);
  }

  @Test
  void administratorsMakeClips() throws Exception {
    String clip = "01M7YZMHG3B2Y153S441CND7V7";
    String path = "/assets/" + THIRD + "/clips";
    String body = "{\"from\":31,\"to\":\"2026-12-01T20:15:00Z\"}";
    assertThat(code(api.send("POST", path, ADMIN, body))).isEqualTo("assets-unknown");
    api.clips().answers(new AssetClips.Made(part(clip, "The goal")));

    assertThat(api.send("POST", path, null, body).statusCode()).isEqualTo(401);
    HttpResponse<String> made = api.send("POST", path, ADMIN, body);

    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(api.clips().asked()).endsWith(THIRD + " " + body).hasSize(2);
    assertThat(json(made).getString("title")).isEqualTo("The goal");
    assertThat(json(made).getJsonObject("clip"))
        .isEqualTo(
            new JsonObject()
                .put("of", THIRD)
                .put("from", 31.0)
                .put("to", 47.5)
                .put("begins", 30.04)
                .put("ends", 48.0));
    assertThat(
            api.send(
                    api.request(path)
                        .header("Authorization", ADMIN)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", "goal-1")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .statusCode())
        .isEqualTo(201);
    assertThat(api.clips().asked()).endsWith(THIRD + " " + body + " goal-1");
    api.clips().answers(new AssetClips.BeingMade(clip));
    HttpResponse<String> later = api.send("POST", path, ADMIN, "{}");
    assertThat(later.statusCode()).isEqualTo(202);
    assertThat(json(later).getString("id")).isEqualTo(clip);
    api.clips()
        .answers(
            new AssetClips.Refused(
                new Problem(400, "invalid-request", "cannot be used"),
                List.of(new FieldProblem("to", "is not behind from")),
                Optional.empty()));
    HttpResponse<String> wrong = api.send("POST", path, ADMIN, "{}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).getJsonArray("errors").getJsonObject(0).getString("field"))
        .isEqualTo("to");
    assertThat(code(api.send("POST", "/assets/nonsense/clips", ADMIN, "{}")))
        .isEqualTo("asset-not-found");
  }

  private static AssetEntry part(String id, String title) {
    AssetEntry whole = entry(id, "live");
    return new AssetEntry(
        id,
        whole.app(),
        whole.stream(),
        whole.startedAt(),
        whole.endedAt(),
        whole.duration(),
        whole.bytes(),
        whole.width(),
        whole.height(),
        whole.pinned(),
        whole.playlist(),
        title,
        Optional.of(
            new AssetEntry.Clip(
                THIRD,
                Duration.ofSeconds(31),
                Duration.ofMillis(47_500),
                Duration.ofMillis(30_040),
                Duration.ofSeconds(48))));
  }

  private static List<String> ids(HttpResponse<String> page) {
    return json(page).getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("id"))
        .toList();
  }

  static AssetEntry entry(String id, String app) {
    return new AssetEntry(
        id,
        app,
        "show",
        api.clock().instant().minusSeconds(100),
        api.clock().instant(),
        Duration.ofMillis(90_500),
        1000,
        1280,
        720,
        false,
        "/play/vod/" + id + "/index.m3u8");
  }
}
