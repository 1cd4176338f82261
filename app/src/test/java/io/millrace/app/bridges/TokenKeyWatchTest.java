package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessConfig;
import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeyWatchTest {
  private static final String CLAIMS =
      "{\"sub\":\"x\",\"exp\":4102444800,\"millrace\":{\"play\":[\"live/*\"]}}";

  @TempDir Path folder;

  @Test
  void aKeyThatIsReplacedWhileTheServerRunsIsTakenAndABrokenOneIsNot() throws Exception {
    KeyPair old = pair();
    KeyPair next = pair();
    Path file = Files.writeString(folder.resolve("key.pem"), pem(old));
    AccessConfig.Jwt config =
        new AccessConfig.Jwt(
            Optional.empty(),
            Optional.of(file),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO);
    JwtRules rules = JwtRules.load(config, new RevokedTokens(1));
    Vertx vertx = Vertx.vertx();
    try (TokenKeyWatch watch = new TokenKeyWatch(vertx, config, rules, Duration.ofMillis(20))) {
      assertThat(watch).isNotNull();
      assertThat(opens(rules, old)).isTrue();
      Files.writeString(file, "-----BEGIN NOTHING");
      Files.writeString(file, pem(next) + "\n");
      await().until(() -> opens(rules, next));
      assertThat(opens(rules, old)).isFalse();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private static boolean opens(JwtRules rules, KeyPair signer) throws Exception {
    String signed = encoded("{\"alg\":\"RS256\"}") + "." + encoded(CLAIMS);
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(signer.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    String token =
        signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    AccessRequest request =
        new AccessRequest(
            Action.PLAY, "live", "a", Optional.of(token), "http", "127.0.0.1", Map.of());
    return rules.decide(request, "default", Instant.now()) instanceof AccessDecision.Allowed;
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
