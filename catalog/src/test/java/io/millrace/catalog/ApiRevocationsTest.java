package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.code;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.RevokedToken;
import io.millrace.catalog.records.Revocations;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tokens that others sign, revoked through the API, and how a node hears of them. */
@Timeout(60)
class ApiRevocationsTest {
  @RegisterExtension static final ApiFixture api = new ApiFixture();

  private static final int AT_ONCE = 8;

  /** As many rows as one statement makes in its time, also on a busy machine. */
  private static final int FILLED_AT_ONCE = 5000;

  private static final Duration AGES = Duration.ofDays(10_000);

  private final KnownRevocations known = new KnownRevocations(api.catalog());

  @BeforeEach
  void forgetAll() throws Exception {
    get(api.catalog().call(c -> new Revocations(c).deleteExpired(now().plus(AGES))));
  }

  @Test
  void revokesATokenByItsIdAndItsEndOrAsAWhole() throws Exception {
    Instant end = now().plusSeconds(600);

    JsonObject byId = json(revoke("7f3a", end));
    JsonObject whole =
        json(
            api.post(
                "/tokens/revoked",
                new JsonObject().put("token", token("urn:8", end.getEpochSecond()))));

    assertThat(byId)
        .isEqualTo(
            new JsonObject()
                .put("jti", "7f3a")
                .put("expiresAt", end.toString())
                .put("account", "admin")
                .put("revokedAt", now().toString()));
    assertThat(whole.getString("jti")).isEqualTo("urn:8");
    assertThat(whole.getString("expiresAt")).isEqualTo(end.toString());
    assertThat(read(known))
        .containsExactly(new RevokedToken("7f3a", end), new RevokedToken("urn:8", end));
  }

  @Test
  void eachReaderHearsEverythingOnceAndInOrder() throws Exception {
    Instant end = now().plusSeconds(600);
    revoke("a", end);
    assertThat(read(known)).hasSize(1);
    assertThat(read(known)).isEmpty();

    revoke("b", end);
    revoke("a", end.plusSeconds(1));
    assertThat(read(known))
        .containsExactly(new RevokedToken("b", end), new RevokedToken("a", end.plusSeconds(1)));
    revoke("a", end);
    assertThat(read(known))
        .as("no earlier end")
        .containsExactly(new RevokedToken("a", end.plusSeconds(1)));
    assertThat(read(new KnownRevocations(api.catalog()))).hasSize(2);
  }

  @Test
  void aReaderThatThrowsHearsTheSameAgain() throws Exception {
    revoke("a", now().plusSeconds(600));
    revoke("b", now().plusSeconds(600));
    Future<Void> refused =
        known.read(
            token -> {
              if (token.jti().equals("b")) {
                throw new IllegalStateException("no room");
              }
            });

    assertThat(refused.toCompletionStage().toCompletableFuture())
        .failsWithin(Duration.ofSeconds(10));
    assertThat(read(known)).extracting(RevokedToken::jti).containsExactly("b");
  }

  @Test
  void whatTwoRevokeAtOneTimeIsHeardWhicheverCommitsFirst() throws Exception {
    Instant end = now().plusSeconds(600);
    List<Future<Boolean>> revoking = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      RevokedToken token = new RevokedToken("at-once-" + i, end);
      revoking.add(
          api.catalog().call(c -> new Revocations(c).revoke("admin", token, now()).isPresent()));
    }
    List<RevokedToken> heard = new ArrayList<>();
    while (revoking.stream().anyMatch(its -> !its.isComplete())) {
      heard.addAll(read(known));
    }
    heard.addAll(read(known));

    long revoked = revoking.stream().filter(Future::succeeded).count();
    assertThat(revoked).isPositive();
    assertThat(heard).doesNotHaveDuplicates().hasSize(Math.toIntExact(revoked));
  }

  @Test
  void listsThoseThatHaveNotExpiredPageByPage() throws Exception {
    Instant end = now().plusSeconds(60);
    for (String jti : List.of("x", "y", "z")) {
      revoke(jti, end);
    }
    revoke("long", end.plusSeconds(60));

    JsonObject first = json(api.get("/tokens/revoked?limit=3"));
    JsonObject second = json(api.get("/tokens/revoked?limit=3&after=" + first.getString("next")));

    assertThat(first.getJsonArray("items")).hasSize(3);
    assertThat(second.getJsonArray("items").getJsonObject(0).getString("jti")).isEqualTo("long");
    assertThat(second.getString("next")).isNull();
    api.clock().advance(Duration.ofSeconds(60));
    assertThat(json(api.get("/tokens/revoked")).getJsonArray("items")).hasSize(1);
    assertThat(api.get("/tokens/revoked?after=x").statusCode()).isEqualTo(400);
  }

  @Test
  void forgetsTokensADayAfterTheirEndWhenTheNextIsRevoked() throws Exception {
    revoke("old", now().plusSeconds(60));
    api.clock().advance(Duration.ofHours(25));
    revoke("new", now().plusSeconds(60));

    assertThat(read(known)).extracting(RevokedToken::jti).containsExactly("new");
  }

  @Test
  void takesNoMoreThanItHasRoomForButThoseThatAreThereAgain() throws Exception {
    Instant end = now().plusSeconds(600);
    for (int first = 1; first < Revocations.MOST; first += FILLED_AT_ONCE) {
      fill(first, end);
    }

    assertThat(code(revoke("one-more", end))).isEqualTo("too-many-revoked-tokens");
    assertThat(revoke("n7", end).statusCode()).isEqualTo(201);
    assertThat(read(known)).hasSize(Revocations.MOST);
  }

  @Test
  void saysWhatItCannotRevoke() throws Exception {
    for (String[] wrong :
        new String[][] {
          {"{}", "token"},
          {"{\"jti\": \"a\"}", "one of the two"},
          {"{\"jti\": \"a\", \"expiresAt\": \"tomorrow\"}", "expiresAt"},
          {"{\"jti\": \"\", \"expiresAt\": \"2036-01-01T00:00:00Z\"}", "1 to 512"},
          {"{\"jti\": \"a\", \"expiresAt\": \"2020-01-01T00:00:00Z\"}", "a day ago"},
          {"{\"token\": \"mk_key\"}", "no signed token"},
          {"{\"token\": \"" + token("a", 2_000_000_000) + "\", \"jti\": \"a\"}", "one of the two"},
        }) {
      HttpResponse<String> answer = api.send("POST", "/tokens/revoked", ApiFixture.ADMIN, wrong[0]);
      assertThat(answer.statusCode()).as(wrong[0]).isEqualTo(400);
      assertThat(answer.body()).contains(wrong[1]);
    }
    assertThat(read(known)).isEmpty();
  }

  private static void fill(int first, Instant end) throws Exception {
    get(
        api.catalog()
            .call(
                c -> {
                  try (PreparedStatement fill =
                      c.prepareStatement(
                          "insert into revoked_token (jti, tenant, account, expires_at)"
                              + " select 'n' || n, 'default', 'admin', ?"
                              + " from generate_series(?, ?) n")) {
                    fill.setTimestamp(1, Timestamp.from(end));
                    fill.setInt(2, first);
                    fill.setInt(3, first + FILLED_AT_ONCE - 1);
                    return fill.executeUpdate();
                  }
                }));
  }

  private static HttpResponse<String> revoke(String jti, Instant expiresAt) throws Exception {
    return api.post(
        "/tokens/revoked", new JsonObject().put("jti", jti).put("expiresAt", expiresAt.toString()));
  }

  private static List<RevokedToken> read(KnownRevocations known) throws Exception {
    List<RevokedToken> heard = new ArrayList<>();
    get(known.read(heard::add));
    return heard;
  }

  private static Instant now() {
    return api.clock().instant();
  }

  private static String token(String jti, long exp) {
    return base64("{\"alg\": \"HS256\"}")
        + "."
        + base64("{\"jti\": \"" + jti + "\", \"exp\": " + exp + "}")
        + "."
        + base64("signed");
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
  }
}
