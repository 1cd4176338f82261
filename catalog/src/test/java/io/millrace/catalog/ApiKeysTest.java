package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.millrace.access.GrantId;
import io.millrace.access.PublishLimits;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.access.TopicGrant;
import io.millrace.access.TopicOperation;
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

  @Test
  void aKeyOfTopicsOpensItsTopicsAndNoStreamAndItsSuccessorTheSame() throws Exception {
    api.post("/apps", new JsonObject().put("name", "devices"));
    JsonObject wanted =
        new JsonObject(
            """
            {"topicsOnly": true, "lifetimeSeconds": 3600,
             "topics": {"publish": ["sensors/hall/#"], "subscribe": ["orders/+"]},
             "limits": {"messagesPerSecond": 10}}
            """);
    JsonObject made = json(api.post("/apps/devices/keys", wanted));
    assertThat(made.getBoolean("topicsOnly")).isTrue();
    assertThat(made.getJsonObject("topics").getJsonArray("history").getString(0))
        .isEqualTo("orders/+");
    assertThat(made.getJsonObject("limits"))
        .isEqualTo(new JsonObject().put("messagesPerSecond", 10).putNull("bytesPerSecond"));

    TopicGrant grant = grant(made.getString("key"));
    assertThat(grant.tenant()).isEqualTo("default");
    assertThat(grant.principal()).isEqualTo("key:" + made.getString("id"));
    assertThat(grant.ids()).containsExactly(GrantId.key(made.getString("id")));
    assertThat(grant.expiresAt()).contains(api.clock().instant().plusSeconds(3600));
    assertThat(grant.limits()).isEqualTo(new PublishLimits(10, PublishLimits.UNLIMITED));
    assertThat(grant.allows(TopicOperation.PUBLISH, "sensors", "hall/heat")).isTrue();
    assertThat(grant.allows(TopicOperation.HISTORY, "orders", "7")).isTrue();
    assertThat(grant.allows(TopicOperation.SUBSCRIBE, "sensors", "hall/heat")).isFalse();
    assertThat(opens("devices", made.getString("key"))).isFalse();

    JsonObject next =
        json(
            api.post(
                "/apps/devices/keys/" + made.getString("id") + "/rotate",
                new JsonObject().put("overlapSeconds", 600)));
    assertThat(grant(next.getString("key")).topics()).isEqualTo(grant.topics());
    assertThat(grant(next.getString("key")).limits()).isEqualTo(grant.limits());
    assertThat(grant(made.getString("key")).expiresAt())
        .contains(api.clock().instant().plusSeconds(600));
    api.clock().advance(Duration.ofMinutes(10));
    assertThat(reason(made.getString("key"))).isEqualTo(Reason.EXPIRED);

    assertThat(
            api.send("DELETE", "/apps/devices/keys/" + next.getString("id"), ADMIN, null)
                .statusCode())
        .isEqualTo(204);
    assertThat(reason(next.getString("key"))).isEqualTo(Reason.WRONG_CREDENTIAL);
  }

  @Test
  void aKeyOfStreamsOpensNoTopics() throws Exception {
    api.post("/apps", new JsonObject().put("name", "streams-only"));
    JsonObject made = json(api.post("/apps/streams-only/keys", new JsonObject()));

    assertThat(opens("streams-only", made.getString("key"))).isTrue();
    assertThat(reason(made.getString("key"))).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reason("x".repeat(1000))).isEqualTo(Reason.WRONG_CREDENTIAL);
  }

  @Test
  void saysWhichPatternsAndLimitsCannotBeUsed() throws Exception {
    HttpResponse<String> answer =
        api.post(
            "/apps/live/keys",
            new JsonObject(
                """
                {"topicsOnly": "yes", "stream": "a", "limits": {"messagesPerSecond": 0},
                 "topics": {"publish": ["no-path"], "subscribe": "a/#", "wirte": []}}
                """));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("topicsOnly")
        .contains("limits.messagesPerSecond")
        .contains("topics.publish")
        .contains("namespace/path")
        .contains("topics.subscribe")
        .contains("topics.wirte");
    assertThat(api.post("/apps/live/keys", new JsonObject().put("topicsOnly", true)).statusCode())
        .as("a key that opens nothing")
        .isEqualTo(400);
  }

  private static TopicGrant grant(String key) throws Exception {
    TopicDecision decision = decision(key);
    assertThat(decision).isInstanceOf(Granted.class);
    return ((Granted) decision).grant();
  }

  private static Reason reason(String key) throws Exception {
    TopicDecision decision = decision(key);
    assertThat(decision).isInstanceOf(Refused.class);
    return ((Refused) decision).reason();
  }

  private static TopicDecision decision(String key) throws Exception {
    return api.topicKeys()
        .open(key)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
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
