package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is on air, through the API. */
@Timeout(60)
class ApiLiveTest {
  @RegisterExtension static final ApiFixture api = new ApiFixture();

  @Test
  void tellsEverybodyWhoIsOnAirInPublicAppsOnly() throws Exception {
    api.post("/apps", new JsonObject().put("name", "private").put("playback", "token"));
    api.post("/apps/live/streams", new JsonObject().put("name", "onair").put("title", "On air"));
    api.live().add(entry("live", "onair"));
    api.live().add(entry("private", "secret"));

    HttpResponse<String> list = api.send("GET", "/live", null, null);
    assertThat(list.body()).doesNotContain("secret");
    JsonObject entry = json(list).getJsonArray("streams").getJsonObject(0);
    assertThat(entry.getString("title")).isEqualTo("On air");
    assertThat(entry.getString("state")).isEqualTo("live");
    assertThat(entry.getString("playlist")).isEqualTo("/play/live/onair/index.m3u8");
    String tag = list.headers().firstValue("ETag").orElseThrow();
    HttpRequest.Builder again = api.request("/live").header("If-None-Match", tag);
    assertThat(api.send(again).statusCode()).isEqualTo(304);

    assertThat(json(api.send("GET", "/live/live/never", null, null)).getString("state"))
        .isEqualTo("offline");
    assertThat(api.send("GET", "/live/private/secret", null, null).statusCode()).isEqualTo(404);
    assertThat(api.send("GET", "/live/live/onair/health", null, null).statusCode()).isEqualTo(401);
    HttpResponse<String> health = api.get("/live/live/onair/health");
    assertThat(json(health).getDouble("pace")).isEqualTo(1.0);
    assertThat(health.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(code(api.get("/live/live/never/health"))).isEqualTo("stream-not-live");
    assertThat(api.send("DELETE", "/live/live/onair", null, null).statusCode()).isEqualTo(401);
    assertThat(api.send("DELETE", "/live/live/onair", ADMIN, null).statusCode()).isEqualTo(204);
    assertThat(code(api.send("DELETE", "/live/live/onair", ADMIN, null)))
        .isEqualTo("stream-not-live");
  }

  private static LiveEntry entry(String app, String stream) {
    return new LiveEntry(
        app,
        stream,
        "01JD",
        LiveEntry.State.LIVE,
        api.clock().instant(),
        3,
        1280,
        720,
        List.of("avc1.64001f", "mp4a.40.2"),
        "/play/" + app + "/" + stream + "/index.m3u8",
        Optional.empty());
  }
}
