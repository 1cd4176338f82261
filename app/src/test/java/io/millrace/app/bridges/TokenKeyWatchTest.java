package io.millrace.app.bridges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.access.AccessConfig;
import io.millrace.access.AccessDecision;
import io.millrace.access.AccessRequest;
import io.millrace.access.Action;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.testkit.LogLines;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeyWatchTest {
  private static final String CLAIMS =
      "{\"sub\":\"x\",\"exp\":4102444800,\"millrace\":{\"play\":[\"live/*\"]}}";

  /** The test looks itself. */
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aKeyThatIsReplacedWhileTheServerRunsIsTaken() throws Exception {
    KeyPair old = pair();
    KeyPair next = pair();
    Path file = Files.writeString(folder.resolve("key.pem"), pem(old));
    JwtRules rules = JwtRules.load(config(file), new RevokedTokens(1));
    try (TokenKeyWatch watch = watch(file, rules, Duration.ofMillis(20))) {
      assertThat(watch).isNotNull();
      assertThat(opens(rules, old)).isTrue();
      Files.writeString(file, pem(next) + "\n");
      await().until(() -> opens(rules, next));
      assertThat(opens(rules, old)).isFalse();
    }
  }

  @Test
  void aFileThatCannotBeUsedLeavesTheKeysAndIsSaidOnceAndTriedUntilItWorks() throws Exception {
    KeyPair old = pair();
    KeyPair next = pair();
    Path file = Files.writeString(folder.resolve("key.pem"), pem(old));
    JwtRules rules = JwtRules.load(config(file), new RevokedTokens(1));
    try (TokenKeyWatch watch = watch(file, rules, NEVER);
        LogLines log = new LogLines(TokenKeyWatch.class)) {
      assertThat(watch.takeChanges()).isTrue();
      assertThat(watch.takeChanges()).as("nothing changed").isFalse();
      assertThat(log.messages()).isEmpty();

      Files.writeString(file, pem(next).replace("BEGIN", "NOKEY"));
      FileTime then = Files.getLastModifiedTime(file);
      assertThat(watch.takeChanges()).isFalse();
      assertThat(watch.takeChanges()).isFalse();
      assertThat(opens(rules, old)).isTrue();
      assertThat(log.messages()).singleElement().asString().contains("cannot be used");

      // As after a reading that failed for a moment: nothing about the file is another.
      Files.writeString(file, pem(next));
      Files.setLastModifiedTime(file, then);
      assertThat(watch.takeChanges()).isTrue();
      assertThat(opens(rules, next)).isTrue();
      assertThat(log.messages()).last().asString().contains("in force");
    }
  }

  @Test
  void aFileIsReadThatChangedBetweenTheStartsReadingAndTheFirstLook() throws Exception {
    Path file = Files.writeString(folder.resolve("key.pem"), pem(pair()));
    KeyPair next = pair();
    JwtRules rules = JwtRules.load(config(file), new RevokedTokens(1));
    Files.writeString(file, pem(next));
    try (TokenKeyWatch watch = watch(file, rules, NEVER)) {
      assertThat(watch.takeChanges()).isTrue();
      assertThat(opens(rules, next)).isTrue();
    }
  }

  @Test
  void anExchangedFileOfTheSameSizeAndTimeIsAnotherFile() throws Exception {
    Path file = Files.writeString(folder.resolve("key.pem"), pem(pair()));
    KeyPair next = pair();
    JwtRules rules = JwtRules.load(config(file), new RevokedTokens(1));
    try (TokenKeyWatch watch = watch(file, rules, NEVER)) {
      assertThat(watch.takeChanges()).isTrue();
      Path other = Files.writeString(folder.resolve("key.new"), pem(next));
      assertThat(Files.size(other)).isEqualTo(Files.size(file));
      Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
      Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
      assertThat(watch.takeChanges()).isTrue();
      assertThat(opens(rules, next)).isTrue();
    }
  }

  private TokenKeyWatch watch(Path file, JwtRules rules, Duration period) {
    return new TokenKeyWatch(vertx, config(file), rules, period);
  }

  private static AccessConfig.Jwt config(Path file) {
    return new AccessConfig.Jwt(
        Optional.empty(),
        Optional.of(file),
        Optional.empty(),
        Optional.empty(),
        Duration.ofMinutes(15),
        Optional.empty(),
        Optional.empty(),
        Duration.ZERO);
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
