package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessConfig;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.access.TopicDecision;
import io.millrace.testkit.FakeClock;
import io.millrace.testkit.LogLines;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TokenKeyFetchTest {
  private static final String OLD = "the-old-secret-of-32-bytes-or-more";
  private static final String NEXT = "the-next-secret-of-32-bytes-or-more";
  private static final Duration NEVER = Duration.ofDays(1);

  private final Vertx vertx = Vertx.vertx();
  private final FakeClock clock = new FakeClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final AtomicInteger asked = new AtomicInteger();
  private volatile int status = 200;
  private volatile String answer = keySet("old", OLD);
  private int port;

  @BeforeEach
  void listen() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  asked.incrementAndGet();
                  request.response().setStatusCode(status).end(answer);
                });
    port = server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void fetchesTheKeysAtTheStartAndLooksForANewOneOncePerFloor() throws Exception {
    JwtRules rules = JwtRules.load(config(), new RevokedTokens(1));
    try (TokenKeyFetch fetch = new TokenKeyFetch(vertx, config(), rules, clock, NEVER)) {
      assertThat(fetch).isNotNull();
      await().until(() -> opens(rules, "old", OLD));
      assertThat(asked.get()).isEqualTo(1);

      answer = keySet("next", NEXT);
      assertThat(opens(rules, "next", NEXT)).as("the floor").isFalse();
      assertThat(asked.get()).isEqualTo(1);

      clock.advance(Duration.ofSeconds(10));
      assertThat(opens(rules, "next", NEXT)).isTrue();
      for (int i = 0; i < 20; i++) {
        assertThat(opens(rules, "invented-" + i, NEXT)).isFalse();
      }
      assertThat(asked.get()).isEqualTo(2);
      assertThat(opens(rules, "old", OLD)).isFalse();
    }
  }

  @Test
  void theLastKeysStayWhileTheSignerIsAwayOrPublishesWhatCannotBeUsed() throws Exception {
    JwtRules rules = JwtRules.load(config(), new RevokedTokens(1));
    try (TokenKeyFetch fetch = new TokenKeyFetch(vertx, config(), rules, clock, NEVER);
        LogLines log = new LogLines(TokenKeyFetch.class)) {
      await().until(() -> opens(rules, "old", OLD));
      status = 503;
      again(fetch);
      status = 200;
      answer = "{\"keys\": [";
      again(fetch);
      answer = keySet("huge", "x".repeat(300_000));
      again(fetch);
      assertThat(opens(rules, "old", OLD)).isTrue();
      assertThat(log.messages()).singleElement().asString().contains("cannot be fetched");

      answer = keySet("next", NEXT);
      again(fetch);
      assertThat(opens(rules, "next", NEXT)).isTrue();
      assertThat(log.messages()).last().asString().contains("in force again");
      assertThat(asked.get()).isEqualTo(5);
    }
  }

  @Test
  void keysThatAreOldAreFetchedAgain() throws Exception {
    JwtRules rules = JwtRules.load(config(), new RevokedTokens(1));
    try (TokenKeyFetch fetch =
        new TokenKeyFetch(vertx, config(), rules, clock, Duration.ofMillis(20))) {
      assertThat(fetch).isNotNull();
      await().until(() -> opens(rules, "old", OLD));
      answer = keySet("next", NEXT);
      clock.advance(Duration.ofMinutes(5));
      await().until(() -> asked.get() == 2);
      await().until(() -> opens(rules, "next", NEXT));
    }
  }

  private void again(TokenKeyFetch fetch) throws Exception {
    clock.advance(Duration.ofSeconds(10));
    fetch.fetch().await(10, TimeUnit.SECONDS);
  }

  private AccessConfig.Jwt config() {
    return new AccessConfig.Jwt(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(URI.create("http://127.0.0.1:" + port + "/keys")),
        Duration.ofMinutes(5),
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO);
  }

  private boolean opens(JwtRules rules, String keyId, String secret) throws Exception {
    String token = token(keyId, secret);
    TopicDecision decision =
        rules
            .keyOf(token)
            .map(looked -> rules.grant(token, clock.instant()))
            .await(10, TimeUnit.SECONDS);
    return !(decision instanceof Refused);
  }

  private static String token(String keyId, String secret) throws Exception {
    String signed =
        encoded("{\"alg\":\"HS256\",\"kid\":\"" + keyId + "\"}")
            + "."
            + encoded(
                "{\"sub\":\"x\",\"exp\":4102444800,"
                    + "\"millrace\":{\"topics\":{\"publish\":[\"ns/#\"]}}}");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String keySet(String keyId, String secret) {
    return "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"%s\",\"k\":\"%s\"}]}"
        .formatted(keyId, encoded(secret));
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
