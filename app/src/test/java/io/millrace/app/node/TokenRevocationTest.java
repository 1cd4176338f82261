package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.GrantEnd;
import io.millrace.access.TopicCredential;
import io.millrace.access.TopicDecision;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.app.Nodes;
import io.millrace.catalog.postgres.DatabaseAddress;
import io.millrace.catalog.postgres.EmbeddedPostgres;
import io.millrace.children.DataDirectory;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A signed token that is revoked at one of two nodes with one database. */
@Timeout(120)
class TokenRevocationTest {
  private static final String SECRET = "a-secret-of-the-customer-32-bytes-long";

  /**
   * From the revocation's answer until a connection hears, on every node, as docs/access.md has it.
   */
  private static final Duration PROMISE = Duration.ofSeconds(2);

  @TempDir Path folder;

  @Test
  void endsConnectionsOnBothAndIsRefusedByBothAlsoAfterARestart() throws Exception {
    String token = token("7f3a");
    String other = token("8a0c");
    try (DataDirectory data = DataDirectory.open(folder.resolve("database"));
        EmbeddedPostgres database = EmbeddedPostgres.start(data);
        Node one = node(database, "one")) {
      try (Node two = node(database, "two")) {
        CompletableFuture<GrantEnd> atOne = open(one, token);
        CompletableFuture<GrantEnd> atTwo = open(two, token);
        CompletableFuture<GrantEnd> kept = open(two, other);

        HttpResponse<String> answer =
            Nodes.post(
                "http://127.0.0.1:" + one.httpPort().orElseThrow() + "/api/v1/tokens/revoked",
                folder.resolve("one"),
                new JsonObject().put("token", token));
        long answered = System.nanoTime();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);

        CompletableFuture.allOf(atOne, atTwo).get(30, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - answered)).isLessThanOrEqualTo(PROMISE);
        assertThat(atOne.join()).isEqualTo(GrantEnd.REVOKED);
        assertThat(atTwo.join()).isEqualTo(GrantEnd.REVOKED);
        assertThat(kept).isNotDone();
        assertRevoked(one, token);
        assertRevoked(two, token);
      }
      try (Node again = node(database, "two")) {
        assertRevoked(again, token);
        assertThat(decide(again, other)).isInstanceOf(Granted.class);
      }
    }
  }

  private Node node(EmbeddedPostgres database, String name) {
    DatabaseAddress address = database.address();
    return Node.start(
        Nodes.settings(
            folder.resolve(name),
            Map.of(
                "roles", "catalog",
                "database.url", address.jdbcUrl(),
                "database.user", address.user().orElseThrow(),
                "database.password", address.password().orElseThrow().reveal(),
                "access.jwt.secret", SECRET)));
  }

  private static CompletableFuture<GrantEnd> open(Node node, String token) throws Exception {
    CompletableFuture<GrantEnd> ended = new CompletableFuture<>();
    Granted granted = (Granted) decide(node, token);
    var _ = node.topicAccess().orElseThrow().grants().open(granted.grant(), ended::complete);
    return ended;
  }

  private static void assertRevoked(Node node, String token) throws Exception {
    assertThat(decide(node, token))
        .isEqualTo(new Refused(Reason.EXPIRED, "the token has been revoked"));
  }

  private static TopicDecision decide(Node node, String token) throws Exception {
    return node.topicAccess()
        .orElseThrow()
        .rules()
        .authenticate(
            new TopicCredential(
                Optional.empty(),
                Optional.of(token),
                Optional.empty(),
                "127.0.0.1",
                true,
                "websocket"))
        .await(10, TimeUnit.SECONDS);
  }

  private static String token(String jti) throws Exception {
    String signed =
        base64("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(
                new JsonObject()
                    .put("sub", "hall 7")
                    .put("jti", jti)
                    .put("exp", Instant.now().plusSeconds(3600).getEpochSecond())
                    .put(
                        "millrace", new JsonObject("{\"topics\": {\"subscribe\": [\"orders/#\"]}}"))
                    .encode()
                    .getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
