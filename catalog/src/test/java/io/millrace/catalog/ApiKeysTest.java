package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Publish keys through the API. Each test uses names of its own. */
@Timeout(60)
class ApiKeysTest {
  @RegisterExtension static final ApiFixture api = new ApiFixture();

  @Test
  void rotatesAKeyWithAnOverlapAndRevokesAtOnce() throws Exception {
    api.post("/apps", new JsonObject().put("name", "keyed"));
    JsonObject first = json(api.post("/apps/keyed/keys", new JsonObject().put("label", "studio")));
    assertThat(opens("keyed", first.getString("key"))).isTrue();

    HttpResponse<String> rotated =
        api.post(
            "/apps/keyed/keys/" + first.getString("id") + "/rotate",
            new JsonObject().put("overlapSeconds", 600));
    JsonObject second = json(rotated);
    assertThat(second.getString("label")).isEqualTo("studio");
    assertThat(opens("keyed", first.getString("key"))).isTrue();
    assertThat(opens("keyed", second.getString("key"))).isTrue();
    api.clock().advance(Duration.ofMinutes(10));
    assertThat(opens("keyed", first.getString("key"))).isFalse();
    assertThat(opens("keyed", second.getString("key"))).isTrue();

    assertThat(
            api.send("DELETE", "/apps/keyed/keys/" + second.getString("id"), ADMIN, null)
                .statusCode())
        .isEqualTo(204);
    assertThat(opens("keyed", second.getString("key"))).isFalse();
    assertThat(api.get("/apps/keyed/keys").body())
        .doesNotContain(first.getString("key"))
        .doesNotContain("hash");
  }

  @Test
  void aRotatedKeyEndsWhenTheOldOneWouldHaveUnlessALifetimeIsGiven() throws Exception {
    api.post("/apps", new JsonObject().put("name", "ending"));
    String keys = "/apps/ending/keys";
    JsonObject first = json(api.post(keys, new JsonObject().put("lifetimeSeconds", 3600)));
    String rotate = keys + "/" + first.getString("id") + "/rotate";

    assertThat(
            json(api.post(rotate, new JsonObject().put("overlapSeconds", 60)))
                .getString("expiresAt"))
        .isEqualTo(first.getString("expiresAt"));
    assertThat(
            json(api.post(rotate, new JsonObject().put("lifetimeSeconds", 7200)))
                .getString("expiresAt"))
        .isEqualTo(api.clock().instant().plusSeconds(7200).toString());
    api.clock().advance(Duration.ofHours(1));
    assertThat(code(api.post(rotate, new JsonObject()))).isEqualTo("key-expired");
    assertThat(api.post(rotate, new JsonObject().put("lifetimeSeconds", 60)).statusCode())
        .isEqualTo(201);
  }

  private static boolean opens(String app, String key) throws Exception {
    return api.rules()
            .decide(
                new AccessRequest(
                    Action.PUBLISH, app, "s", Optional.of(key), "rtmp", "127.0.0.1", Map.of()))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS)
        instanceof Allowed;
  }
}
