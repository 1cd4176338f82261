package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.TopicDecision.Granted;
import io.millrace.access.jwt.VerificationKey;
import io.millrace.config.Configuration;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CredentialRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String SECRET = "a-secret-of-the-customer-32-bytes-long";
  private static final Map<String, Object> SENSORS =
      Map.of("publish", List.of("sensors/hall/#"), "subscribe", List.of("orders/+"));

  private final RevokedTokens revoked = new RevokedTokens(10);
  private final JwtRules tokens = tokens(List.of(VerificationKey.ofSecret(SECRET)));

  @Test
  void thePublishKeyOpensPublicAndNothingElse() {
    TopicGrant grant = grant(rules(Map.of()), secret("first-key"));

    assertThat(grant.tenant()).isEqualTo("default");
    assertThat(grant.principal()).isEqualTo("key:configured");
    for (TopicOperation operation : TopicOperation.values()) {
      assertThat(grant.allows(operation, "public", "any/topic")).isTrue();
      assertThat(grant.allows(operation, "public", "#")).isTrue();
      assertThat(grant.allows(operation, "other", "any/topic")).isFalse();
      assertThat(grant.allows(operation, "sys", "any/topic")).isFalse();
    }
    assertThat(reason(rules(Map.of()), secret("other-key"))).isEqualTo(Reason.WRONG_CREDENTIAL);
    assertThat(reason(rules(Map.of()), secret("x".repeat(10_000))))
        .isEqualTo(Reason.WRONG_CREDENTIAL);
  }

  @Test
  void strangersOfThisMachineUsePublicOnlyWhereThatIsTurnedOn() {
    CredentialRules open = rules(Map.of("anonymousLoopback", true));

    assertThat(grant(open, nothing(true)).topics()).isEqualTo(TopicCapabilities.PUBLIC);
    assertThat(reason(open, nothing(false))).isEqualTo(Reason.NO_CREDENTIAL);
    assertThat(reason(rules(Map.of()), nothing(true))).isEqualTo(Reason.NO_CREDENTIAL);
  }

  @Test
  void aWrongSecretIsHelpedNeitherByACertificateNorByThisMachine() {
    CredentialRules rules =
        rules(
            Map.of(
                "anonymousLoopback",
                true,
                "certificates",
                Map.of("hall-7", Map.of("publish", "sensors/#"))));
    TopicCredential both =
        new TopicCredential(
            Optional.of("anybody"),
            Optional.of("wrong-key"),
            Optional.of("hall-7"),
            "127.0.0.1",
            true,
            "mqtt");

    assertThat(reason(rules, both)).isEqualTo(Reason.WRONG_CREDENTIAL);
    assertThat(both.toString()).doesNotContain("wrong-key").contains("hall-7");
  }

  @Test
  void aCertificateOpensWhatItsSubjectMayDo() {
    CredentialRules rules =
        rules(
            Map.of(
                "anonymousLoopback",
                true,
                "certificates",
                Map.of("hall-7", Map.of("publish", "sensors/hall/7/#"))));

    TopicGrant grant = grant(rules, certificate("hall-7"));
    assertThat(grant.principal()).isEqualTo("certificate:hall-7");
    assertThat(grant.allows(TopicOperation.PUBLISH, "sensors", "hall/7/heat")).isTrue();
    assertThat(grant.allows(TopicOperation.SUBSCRIBE, "sensors", "hall/7/heat")).isFalse();
    assertThat(reason(rules, certificate("hall-8")))
        .as("this machine does not help")
        .isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void whatACertificateOpensEndsWithIt() {
    CredentialRules rules =
        rules(Map.of("certificates", Map.of("hall-7", Map.of("publish", "sensors/hall/7/#"))));

    assertThat(grant(rules, certificate("hall-7", NOW.plusSeconds(60))).expiresAt())
        .contains(NOW.plusSeconds(60));
    assertThat(reason(rules, certificate("hall-7", NOW))).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void aTokensClaimsSayWhatItsBearerMayDoAndUntilWhen() throws Exception {
    String token =
        token(
            Map.of(
                "topics", SENSORS, "tenant", "acme", "limits", Map.of("messagesPerSecond", 100)));

    TopicGrant grant = grant(rules(Map.of()), secret(token));

    assertThat(grant.tenant()).isEqualTo("acme");
    assertThat(grant.principal()).isEqualTo("token:sensor ? 1");
    assertThat(grant.expiresAt()).contains(NOW.plusSeconds(90));
    assertThat(grant.ids()).isEqualTo(Set.of(GrantId.token("id-1")));
    assertThat(grant.limits()).isEqualTo(new PublishLimits(100, PublishLimits.UNLIMITED));
    assertThat(grant.allows(TopicOperation.PUBLISH, "sensors", "hall/heat")).isTrue();
    assertThat(grant.allows(TopicOperation.HISTORY, "orders", "7")).isTrue();
    assertThat(grant.allows(TopicOperation.HISTORY, "sensors", "hall/heat")).isFalse();
  }

  @Test
  void aTokenThatOpensNoTopicsOrSaysWhatCannotBeUsedIsRefused() throws Exception {
    CredentialRules rules = rules(Map.of());

    assertThat(reason(rules, secret(token(Map.of("play", List.of("live/*"))))))
        .isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reason(rules, secret(token(Map.of("topics", Map.of("publish", "sensors/#"))))))
        .isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reason(rules, secret(token(Map.of("topics", "all"))))).isEqualTo(Reason.NOT_ALLOWED);
    for (Object limits : List.of("100", Map.of("messagesPerSecond", 0), Map.of("messages", 1))) {
      assertThat(reason(rules, secret(token(Map.of("topics", SENSORS, "limits", limits)))))
          .as("leaving a limit out would grant more")
          .isEqualTo(Reason.WRONG_CREDENTIAL);
    }
    assertThat(reason(rules, secret(token(Map.of("topics", SENSORS, "tenant", "No Tenant")))))
        .isEqualTo(Reason.WRONG_CREDENTIAL);

    revoked.revoke("id-1", NOW.plusSeconds(90), NOW);
    assertThat(reason(rules, secret(token(Map.of("topics", SENSORS))))).isEqualTo(Reason.EXPIRED);
    assertThat(revoked.good(Set.of("id-1", "id-2"), NOW)).containsExactly("id-2");
  }

  @Test
  void aKeyThatIsNotKnownIsLookedForAtTheSigner() throws Exception {
    JwtRules rotating = tokens(List.of());
    CredentialRules rules =
        new CredentialRules(
            config(Map.of()),
            Optional.of(rotating),
            new StaticTopicKeys(Optional.empty()),
            InstantSource.fixed(NOW));
    String token = token(Map.of("topics", SENSORS));
    assertThat(reason(rules, secret(token))).as("no keys at all").isEqualTo(Reason.UNDECIDED);

    AtomicInteger asked = new AtomicInteger();
    rotating.askForKeys(
        () -> {
          if (asked.incrementAndGet() == 1) {
            return Future.failedFuture("away");
          }
          rotating.take(
              new JWKSet(
                      new OctetSequenceKey.Builder(SECRET.getBytes(StandardCharsets.UTF_8))
                          .keyID("2026")
                          .build())
                  .toString(false));
          return Future.succeededFuture();
        });
    assertThat(reason(rules, secret(token))).isEqualTo(Reason.UNDECIDED);
    assertThat(grant(rules, secret(token)).principal()).isEqualTo("token:sensor ? 1");
    assertThat(grant(rules, secret(token)).tenant()).isEqualTo("default");
    assertThat(asked.get()).as("the key is known now").isEqualTo(2);
    assertThat(reason(rules, secret("eyJ.e30.x"))).isEqualTo(Reason.WRONG_CREDENTIAL);
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void theCallbacksAnswerSaysWhatAClientMayDo() {
    String answer =
        """
        {"allowed": true, "subject": "hall 7", "tenant": "acme", "lifetimeSeconds": 60,
         "topics": {"publish": ["sensors/hall/#"]}, "limits": {"bytesPerSecond": 1000}}
        """;
    TopicGrant grant = ((Granted) answered(200, answer)).grant();

    assertThat(grant.principal()).isEqualTo("callback:hall 7");
    assertThat(grant.tenant()).isEqualTo("acme");
    assertThat(grant.expiresAt()).contains(NOW.plusSeconds(60));
    assertThat(grant.limits()).isEqualTo(new PublishLimits(PublishLimits.UNLIMITED, 1000));
    assertThat(grant.allows(TopicOperation.PUBLISH, "sensors", "hall/heat")).isTrue();
    assertThat(answered(200, answer.replace("true", "false")))
        .isEqualTo(new Refused(Reason.NOT_ALLOWED, "not allowed"));
    assertThat(answered(403, "{\"message\": \"go away\"}"))
        .isEqualTo(new Refused(Reason.NOT_ALLOWED, "go away"));
  }

  @Test
  void whatTheCallbackGrantsEndsAfterAnHourWhereItDoesNotSayWhen() {
    for (String given : List.of("", ", \"lifetimeSeconds\": null")) {
      String answer = "{\"allowed\": true, \"topics\": {\"publish\": [\"a/#\"]}" + given + "}";
      TopicGrant grant = ((Granted) answered(200, answer)).grant();

      assertThat(grant.expiresAt()).contains(NOW.plusSeconds(3600));
      assertThat(grant.principal()).isEqualTo("callback:anybody");
    }
  }

  @Test
  void limitsOfTheCallbackAreOfASubjectAndNeverOfTheNameThatTheClientChose() {
    String answer =
        "{\"allowed\": true, \"topics\": {\"publish\": [\"a/#\"]},"
            + " \"limits\": {\"messagesPerSecond\": 1}}";

    assertThat(answered(200, answer)).isEqualTo(Refusals.undecided());
    assertThat(answered(200, answer.replace("{\"allowed\"", "{\"subject\": \"x\", \"allowed\"")))
        .isInstanceOf(Granted.class);
  }

  @Test
  void anAnswerOfTheCallbackThatNamesNoTopicsOrIsMalformedGrantsNothing() {
    for (String answer :
        List.of(
            "",
            "[]",
            "{}",
            "{\"allowed\": true, \"topics\": 7}",
            "{\"allowed\": true, \"topics\": {\"publish\": [\"a/#\"]}, \"limits\": 7}",
            "{\"allowed\": true, \"topics\": {\"publish\": [\"a/#\"]}, \"lifetimeSeconds\": 0}",
            " ".repeat(CallbackExchange.LONGEST_ANSWER + 1))) {
      assertThat(answered(200, answer)).as(answer).isEqualTo(Refusals.undecided());
    }
    assertThat(answered(200, "{\"allowed\": true}")).isEqualTo(Refusals.noTopics("the answer"));
    assertThat(answered(500, "{\"allowed\": true}")).isEqualTo(Refusals.undecided());
    assertThat(CallbackExchange.request(secret("s")).encode())
        .isEqualTo(
            "{\"action\":\"connect\",\"user\":\"anybody\",\"credential\":\"s\",\"certificate\":null,"
                + "\"protocol\":\"mqtt\",\"peer\":\"192.0.2.7\",\"local\":false}");
  }

  private static TopicDecision answered(int status, String body) {
    return CallbackExchange.decision(secret("s"), status, body, NOW);
  }

  private JwtRules tokens(List<VerificationKey> keys) {
    return new JwtRules(keys, Optional.empty(), Optional.empty(), Duration.ofSeconds(30), revoked);
  }

  private CredentialRules rules(Map<String, Object> access) {
    return new CredentialRules(
        config(access),
        Optional.of(tokens),
        new StaticTopicKeys(Optional.of(new io.millrace.config.Secret("first-key"))),
        InstantSource.fixed(NOW));
  }

  private static AccessConfig config(Map<String, Object> access) {
    Configuration configuration = new Configuration(Map.of("access", access), Map.of(), Map.of());
    AccessConfig config = AccessConfig.read(configuration.root());
    configuration.check();
    return config;
  }

  private static String token(Map<String, Object> millrace) throws JOSEException {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .subject("sensor \n 1")
            .jwtID("id-1")
            .expirationTime(Date.from(NOW.plusSeconds(60)))
            .claim("millrace", millrace)
            .build();
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("2026").build(), claims);
    token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)));
    return token.serialize();
  }

  private static TopicCredential secret(String secret) {
    return new TopicCredential(
        Optional.of("anybody"), Optional.of(secret), Optional.empty(), "192.0.2.7", false, "mqtt");
  }

  private static TopicCredential certificate(String subject) {
    return new TopicCredential(
        Optional.empty(), Optional.empty(), Optional.of(subject), "127.0.0.1", true, "mqtt");
  }

  private static TopicCredential certificate(String subject, Instant endsAt) {
    return new TopicCredential(
        Optional.empty(),
        Optional.empty(),
        Optional.of(subject),
        Optional.of(endsAt),
        "127.0.0.1",
        true,
        "mqtt");
  }

  private static TopicCredential nothing(boolean isLocal) {
    return new TopicCredential(
        Optional.empty(), Optional.empty(), Optional.empty(), "127.0.0.1", isLocal, "websocket");
  }

  private static TopicGrant grant(TopicRules rules, TopicCredential credential) {
    TopicDecision decision = rules.authenticate(credential).result();
    assertThat(decision).isInstanceOf(Granted.class);
    return ((Granted) decision).grant();
  }

  private static Reason reason(TopicRules rules, TopicCredential credential) {
    TopicDecision decision = rules.authenticate(credential).result();
    assertThat(decision).isInstanceOf(Refused.class);
    return ((Refused) decision).reason();
  }
}
