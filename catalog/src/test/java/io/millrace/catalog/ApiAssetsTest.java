package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What has been recorded, through the API. */
@Timeout(60)
class ApiAssetsTest {
  private static final String FIRST = "01M7YZMHG0B2Y153S441CND7V7";
  private static final String SECOND = "01M7YZMHG1B2Y153S441CND7V7";
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

  private static List<String> ids(HttpResponse<String> page) {
    return json(page).getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("id"))
        .toList();
  }

  private static AssetEntry entry(String id, String app) {
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
