package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.basic;
import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.PasswordHash;
import io.millrace.catalog.records.Accounts;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What belongs to one app, tenant or account is out of reach through another one's: every endpoint
 * that is served is tried. Administrators may do everything in every tenant ({@code Account}).
 */
@Timeout(60)
class ApiIsolationTest {
  private static final Set<String> OPEN =
      Set.of(
          "GET /api/v1/live",
          "GET /api/v1/live/{app}/{stream}",
          "GET /api/v1/assets",
          "GET /api/v1/assets/{asset}");

  @RegisterExtension static final ApiFixture api = new ApiFixture();
  private static String keyOfOne;
  private static String idOfOne;

  @BeforeAll
  static void twoTenantsWithAnAppAStreamAndAKeyEach() throws Exception {
    for (String name : List.of("one", "two")) {
      created("/tenants", new JsonObject().put("name", name));
      created(
          "/apps",
          new JsonObject().put("name", "app-" + name).put("tenant", name).put("playback", "token"));
      created("/apps/app-" + name + "/streams", new JsonObject().put("name", "of-" + name));
    }
    JsonObject key = created("/apps/app-one/keys", new JsonObject().put("label", "of one"));
    keyOfOne = key.getString("key");
    idOfOne = key.getString("id");
  }

  /** Neither nobody, nor who has a publish key, a player's token or a token that has ended. */
  @TestFactory
  Stream<DynamicTest> everyEndpointButTheOpenOnesIsForAdministrators() throws Exception {
    JsonObject token = created("/tokens", new JsonObject().put("lifetimeSeconds", 1));
    api.clock().advance(Duration.ofSeconds(2));
    List<String> strangers =
        List.of(
            "",
            "Bearer " + keyOfOne,
            basic("admin", keyOfOne),
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImV4cCI6NDEwMjQ0NDgwMH0.",
            "Bearer " + token.getString("token"),
            "Bearer " + token.getString("id"));
    assertThat(api.api().served()).containsAll(OPEN).hasSizeGreaterThan(20);
    return api.api().served().stream()
        .filter(endpoint -> !OPEN.contains(endpoint))
        .map(
            endpoint ->
                DynamicTest.dynamicTest(
                    endpoint,
                    () -> {
                      for (String stranger : strangers) {
                        assertThat(send(endpoint, stranger).statusCode())
                            .as(stranger)
                            .isIn(401, 429);
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> whatIsOfOneAppIsNotThereInAnother() {
    return Stream.of(
            "GET /apps/app-two/streams/of-one",
            "PATCH /apps/app-two/streams/of-one",
            "DELETE /apps/app-two/streams/of-one",
            "POST /apps/app-two/keys/" + idOfOne + "/rotate",
            "DELETE /apps/app-two/keys/" + idOfOne)
        .map(
            request ->
                DynamicTest.dynamicTest(
                    request,
                    () -> {
                      String[] parts = request.split(" ", -1);
                      HttpResponse<String> answer =
                          api.send(parts[0], parts[1], ADMIN, bodyOf(parts[0]));
                      assertThat(answer.statusCode()).isEqualTo(404);
                      assertThat(api.get("/apps/app-one/streams/of-one").body())
                          .doesNotContain("mine now");
                      assertThat(api.get("/apps/app-one/keys").body()).contains(idOfOne);
                    }));
  }

  @Test
  void listsHoldOnlyWhatIsOfTheAppOrTenantThatIsAskedFor() throws Exception {
    assertThat(api.get("/apps?tenant=two").body()).contains("app-two").doesNotContain("app-one");
    assertThat(api.get("/apps/app-two/streams").body()).contains("of-two").doesNotContain("of-one");
    assertThat(api.get("/apps/app-two/keys").body()).doesNotContain(idOfOne);
  }

  @Test
  void anAccountsTokensAreItsOwn() throws Exception {
    String password = "secret-of-the-other";
    api.catalog()
        .call(
            connection -> {
              new Accounts(connection)
                  .create("other", "two", "administrator", PasswordHash.of(password));
              return true;
            })
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    String other = basic("other", password);
    JsonObject token = created("/tokens", new JsonObject().put("label", "of admin"));
    String id = token.getString("id");

    assertThat(json(api.send("GET", "/account", other, null)).getString("name")).isEqualTo("other");
    assertThat(api.send("GET", "/tokens", other, null).body()).doesNotContain(id);
    assertThat(code(api.send("DELETE", "/tokens/" + id, other, null))).isEqualTo("token-not-found");
    assertThat(
            api.send("PATCH", "/account", other, "{\"password\":\"" + password + "\"}")
                .statusCode())
        .isEqualTo(204);
    assertThat(api.send("GET", "/account", "Bearer " + token.getString("token"), null).statusCode())
        .as("another account's new password ends no token of this one")
        .isEqualTo(200);
  }

  @Test
  void strangersDoNotLearnThatAPrivateStreamIsThere() throws Exception {
    HttpResponse<String> there = api.send("GET", "/live/app-one/of-one", null, null);
    HttpResponse<String> not = api.send("GET", "/live/app-none/of-one", null, null);
    assertThat(there.statusCode()).isEqualTo(404);
    assertThat(there.body().replace("app-one", "app-none")).isEqualTo(not.body());
  }

  private static HttpResponse<String> send(String endpoint, String authorization) throws Exception {
    String[] parts = endpoint.split(" ", -1);
    String path =
        parts[1]
            .replace("/api/v1", "")
            .replace("{app}", "app-one")
            .replace("{stream}", "of-one")
            .replace("{tenant}", "one")
            .replace("{asset}", "01M7YZMHG0B2Y153S441CND7V7")
            .replace("{id}", idOfOne);
    return api.send(
        parts[0],
        path,
        authorization.isEmpty() ? null : authorization,
        List.of("GET", "DELETE").contains(parts[0]) ? null : "{}");
  }

  private static @Nullable String bodyOf(String method) {
    return switch (method) {
      case "PATCH" -> "{\"title\":\"mine now\"}";
      case "POST" -> "{}";
      default -> null;
    };
  }

  private static JsonObject created(String path, JsonObject what) throws Exception {
    HttpResponse<String> answer = api.post(path, what);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer);
  }
}
