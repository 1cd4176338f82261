package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.jwt.VerificationKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JwtRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String SECRET = "a-secret-of-the-customer-32-bytes-long";

  @TempDir Path directory;

  private final RevokedTokens revoked = new RevokedTokens(10);

  @Test
  void allowsWhatTheTokensPatternsSay() throws Exception {
    JwtRules rules = rules(VerificationKey.ofSecret(SECRET));
    String token =
        hs256(
            claims(
                Map.of("publish", List.of("live/cam-*"), "play", List.of("shows/one", "live/*"))));

    assertThat(decide(rules, Action.PUBLISH, "live", "cam-1", token))
        .isEqualTo(new Allowed("acme"));
    assertThat(decide(rules, Action.PLAY, "live", "anything", token))
        .isEqualTo(new Allowed("acme"));
    assertThat(decide(rules, Action.PLAY, "shows", "one", token)).isEqualTo(new Allowed("acme"));
    assertThat(reason(decide(rules, Action.PUBLISH, "live", "other", token)))
        .isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reason(decide(rules, Action.PLAY, "shows", "one-more", token)))
        .isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reason(decide(rules, Action.PUBLISH, "shows", "one", token)))
        .isEqualTo(Reason.NOT_ALLOWED);
  }

  @Test
  void takesTheFourAlgorithmsEachWithItsOwnKey() throws Exception {
    KeyPair rsa = pair("RSA", 2048);
    KeyPairGenerator ecs = KeyPairGenerator.getInstance("EC");
    ecs.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair ec = ecs.generateKeyPair();
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    String byRsa = sign(JWSAlgorithm.RS256, new RSASSASigner(rsa.getPrivate()), everything());
    String byEc =
        sign(JWSAlgorithm.ES256, new ECDSASigner((ECPrivateKey) ec.getPrivate()), everything());
    String byEd = ed25519(ed, everything());

    assertThat(opens(rules(VerificationKey.ofPem(pem(rsa.getPublic()))), byRsa)).isTrue();
    assertThat(opens(rules(VerificationKey.ofPem(pem(ec.getPublic()))), byEc)).isTrue();
    assertThat(opens(rules(VerificationKey.ofPem(pem(ed.getPublic()))), byEd)).isTrue();
    assertThat(opens(rules(VerificationKey.ofPem(pem(ec.getPublic()))), byRsa)).isFalse();
    assertThat(opens(rules(VerificationKey.ofPem(pem(rsa.getPublic()))), byEd)).isFalse();
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    assertThat(opens(rules(VerificationKey.ofPem(pem(other.getPublic()))), byEd)).isFalse();
  }

  @Test
  void neverTakesAPublicKeyForASecretNorAnUnsignedToken() throws Exception {
    KeyPair rsa = pair("RSA", 2048);
    String pem = pem(rsa.getPublic());
    JwtRules rules = rules(VerificationKey.ofPem(pem));
    String confused =
        sign(JWSAlgorithm.HS256, new MACSigner(pem.getBytes(StandardCharsets.UTF_8)), everything());
    String unsigned = new PlainJWT(everything()).serialize();

    assertThat(opens(rules, confused)).isFalse();
    assertThat(opens(rules, unsigned)).isFalse();
    assertThat(opens(rules, unsigned + "AAAA")).isFalse();
  }

  @Test
  void refusesTokensThatAreChangedExpiredEarlyRevokedOrSomebodyElses() throws Exception {
    JwtRules rules =
        new JwtRules(
            List.of(VerificationKey.ofSecret(SECRET)),
            Optional.of("https://issuer"),
            Optional.of("millrace"),
            Duration.ofSeconds(30),
            revoked);
    JWTClaimsSet good =
        new JWTClaimsSet.Builder(everything())
            .issuer("https://issuer")
            .audience("millrace")
            .jwtID("id-1")
            .build();
    String token = hs256(good);
    assertThat(opens(rules, token)).isTrue();

    assertThat(opens(rules, token.substring(0, token.length() - 4) + "AAAA")).isFalse();
    assertThat(
            reason(
                rules.decide(
                    request(Action.PLAY, "live", "a", token), "acme", NOW.plusSeconds(90))))
        .isEqualTo(Reason.EXPIRED);
    assertThat(opens(rules, hs256(new JWTClaimsSet.Builder(good).issuer("other").build())))
        .isFalse();
    assertThat(opens(rules, hs256(new JWTClaimsSet.Builder(good).audience("other").build())))
        .isFalse();
    assertThat(opens(rules, hs256(new JWTClaimsSet.Builder(good).subject(null).build()))).isFalse();
    assertThat(opens(rules, hs256(new JWTClaimsSet.Builder(good).expirationTime(null).build())))
        .isFalse();
    assertThat(
            opens(
                rules,
                hs256(
                    new JWTClaimsSet.Builder(good)
                        .notBeforeTime(Date.from(NOW.plusSeconds(31)))
                        .build())))
        .isFalse();

    assertThat(opens(rules, hs256(new JWTClaimsSet.Builder(good).jwtID("id\u0000").build())))
        .as("what could not be revoked")
        .isFalse();

    revoked.revoke("id-1", NOW.plusSeconds(90), NOW);
    assertThat(reason(decide(rules, Action.PLAY, "live", "a", token))).isEqualTo(Reason.EXPIRED);
  }

  @Test
  void refusesGarbageWithoutThrowing() {
    JwtRules rules = rules(VerificationKey.ofSecret(SECRET));
    for (String garbage :
        List.of(
            "",
            ".",
            "..",
            "eyJ.e30.x",
            "eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.AAAA",
            "e".repeat(9000))) {
      assertThat(reason(decide(rules, Action.PLAY, "live", "a", garbage)))
          .isEqualTo(Reason.WRONG_CREDENTIAL);
    }
  }

  @Test
  void ignoresPatternsAndClaimsOfTheWrongShape() throws Exception {
    JwtRules rules = rules(VerificationKey.ofSecret(SECRET));

    assertThat(opens(rules, hs256(claims(Map.of("play", "live/*"))))).isFalse();
    assertThat(opens(rules, hs256(claims(Map.of("play", List.of("*", "*/*", "live", 7))))))
        .isFalse();
    assertThat(
            opens(
                rules,
                hs256(new JWTClaimsSet.Builder(everything()).claim("millrace", "all").build())))
        .isFalse();
  }

  @Test
  void readsKeySetsAndPicksByKeyId() throws Exception {
    KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] der = ed.getPublic().getEncoded();
    String x =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Arrays.copyOfRange(der, der.length - 32, der.length));
    Path file = directory.resolve("keys.json");
    Files.writeString(
        file,
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k1\",\"x\":\"" + x + "\"}]}");
    JwtRules rules =
        JwtRules.load(
            new AccessConfig.Jwt(
                Optional.empty(),
                Optional.empty(),
                Optional.of(file),
                Optional.empty(),
                Duration.ofMinutes(15),
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO),
            revoked);

    assertThat(opens(rules, ed25519(ed, everything()))).isTrue();
  }

  @Test
  void aKeySetRotatesWithoutARestartAndABrokenFileChangesNothing() throws Exception {
    KeyPair old = pair("RSA", 2048);
    KeyPair next = pair("RSA", 2048);
    Path file = directory.resolve("keys.json");
    Files.writeString(file, keySet(Map.of("2025", old)));
    AccessConfig.Jwt config =
        new AccessConfig.Jwt(
            Optional.empty(),
            Optional.empty(),
            Optional.of(file),
            Optional.empty(),
            Duration.ofMinutes(15),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO);
    JwtRules rules = JwtRules.load(config, revoked);
    String byOld = rs256("2025", old);
    String byNext = rs256("2026", next);
    assertThat(opens(rules, byOld)).isTrue();
    assertThat(opens(rules, byNext)).isFalse();

    Files.writeString(file, keySet(Map.of("2025", old, "2026", next)));
    rules.reload(config);
    assertThat(opens(rules, byOld)).isTrue();
    assertThat(opens(rules, byNext)).isTrue();
    assertThat(opens(rules, rs256("2026", old))).as("another key's name").isFalse();
    assertThat(opens(rules, rs256("2027", next))).as("nobody's name").isFalse();

    Files.writeString(file, "{\"keys\": [");
    assertThatThrownBy(() -> rules.reload(config)).hasMessageContaining("keys.json");
    assertThat(opens(rules, byNext)).isTrue();

    Files.writeString(file, keySet(Map.of("2026", next)));
    rules.reload(config);
    assertThat(opens(rules, byOld)).isFalse();
    assertThat(opens(rules, byNext)).isTrue();
  }

  private static String keySet(Map<String, KeyPair> pairs) {
    return new JWKSet(
            pairs.entrySet().stream()
                .map(
                    its ->
                        (JWK)
                            new RSAKey.Builder((RSAPublicKey) its.getValue().getPublic())
                                .keyID(its.getKey())
                                .keyUse(KeyUse.SIGNATURE)
                                .build())
                .toList())
        .toString();
  }

  private static String rs256(String keyId, KeyPair pair) throws JOSEException {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build(), everything());
    token.sign(new RSASSASigner(pair.getPrivate()));
    return token.serialize();
  }

  @Test
  void namesTheFileOfAKeyThatCannotBeUsed() throws Exception {
    Path file = directory.resolve("key.pem");
    Files.writeString(file, pem(pair("RSA", 1024).getPublic()));
    AccessConfig.Jwt config =
        new AccessConfig.Jwt(
            Optional.empty(),
            Optional.of(file),
            Optional.empty(),
            Optional.empty(),
            Duration.ofMinutes(15),
            Optional.empty(),
            Optional.empty(),
            Duration.ZERO);

    assertThatThrownBy(() -> JwtRules.load(config, revoked))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("2048");
  }

  @Test
  void revocationIsBoundedAndForgetsWhatHasExpired() {
    RevokedTokens small = new RevokedTokens(2);
    assertThat(small.revoke("a", NOW.plusSeconds(10), NOW)).isTrue();
    assertThat(small.revoke("b", NOW.plusSeconds(20), NOW)).isTrue();
    assertThat(small.revoke("c", NOW.plusSeconds(30), NOW)).isFalse();
    assertThat(small.isRevoked("a", NOW)).isTrue();

    assertThat(small.revoke("c", NOW.plusSeconds(30), NOW.plusSeconds(10))).isTrue();
    assertThat(small.isRevoked("a", NOW.plusSeconds(10))).isFalse();
    assertThat(small.isRevoked("b", NOW.plusSeconds(10))).isTrue();
    assertThat(small.size()).isEqualTo(2);
  }

  private JwtRules rules(VerificationKey key) {
    return new JwtRules(
        List.of(key), Optional.empty(), Optional.empty(), Duration.ofSeconds(30), revoked);
  }

  private static JWTClaimsSet everything() {
    return claims(Map.of("publish", List.of("live/*"), "play", List.of("live/*")));
  }

  private static JWTClaimsSet claims(Map<String, Object> millrace) {
    return new JWTClaimsSet.Builder()
        .subject("somebody")
        .expirationTime(Date.from(NOW.plusSeconds(60)))
        .claim("millrace", millrace)
        .build();
  }

  private static String hs256(JWTClaimsSet claims) throws JOSEException {
    return sign(JWSAlgorithm.HS256, new MACSigner(SECRET.getBytes(StandardCharsets.UTF_8)), claims);
  }

  private static String sign(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT token = new SignedJWT(new JWSHeader(algorithm), claims);
    token.sign(signer);
    return token.serialize();
  }

  private static String ed25519(KeyPair pair, JWTClaimsSet claims) throws Exception {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String signed =
        encoder.encodeToString(
                "{\"alg\":\"EdDSA\",\"kid\":\"k1\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + encoder.encodeToString(claims.toString().getBytes(StandardCharsets.UTF_8));
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + encoder.encodeToString(signature.sign());
  }

  private static KeyPair pair(String kind, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static boolean opens(JwtRules rules, String token) {
    return decide(rules, Action.PLAY, "live", "a", token) instanceof Allowed;
  }

  private static AccessDecision decide(
      JwtRules rules, Action action, String app, String stream, String token) {
    return rules.decide(request(action, app, stream, token), "acme", NOW);
  }

  private static AccessRequest request(Action action, String app, String stream, String token) {
    return new AccessRequest(
        action, app, stream, Optional.of(token), "http", "127.0.0.1", Map.of());
  }

  private static Reason reason(AccessDecision decision) {
    assertThat(decision).isInstanceOf(Refused.class);
    return ((Refused) decision).reason();
  }
}
