package io.millrace.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jwt.JWTClaimsSet;
import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.jwt.VerificationKey;
import io.millrace.config.Secret;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that the customer signs decide who may publish and play, and what may be done with topics.
 * A token is a JWT (RFC 7519) signed with HS256, RS256, ES256 or EdDSA; its claims, {@code sub} and
 * {@code exp} required:
 *
 * <pre>
 *   {"sub": "camera 1", "exp": 1790000000, "jti": "…",
 *    "millrace": {"publish": ["live/cam1"], "play": ["live/*"],
 *                 "topics": {"publish": ["sensors/cam1/#"], "subscribe": ["sensors/#"]},
 *                 "limits": {"messagesPerSecond": 100}, "tenant": "default"}}
 * </pre>
 *
 * Patterns of streams are {@code app/stream}, {@code app/prefix*} or {@code app/*}; those of topics
 * are {@link TopicPattern}s. Thread-safe; a decision costs one signature check, and only {@link
 * #reload} and {@link #take} change the keys.
 */
public final class JwtRules {
  /** Longer tokens are refused unread, in characters. */
  public static final int LONGEST = 8192;

  private static final int MOST_PATTERNS = 200;

  private volatile List<VerificationKey> keys;
  private volatile @Nullable Supplier<Future<Void>> keysOfSigner;
  private final Optional<String> issuer;
  private final Optional<String> audience;
  private final Duration clockSkew;
  private final RevokedTokens revoked;

  public JwtRules(
      List<VerificationKey> keys,
      Optional<String> issuer,
      Optional<String> audience,
      Duration clockSkew,
      RevokedTokens revoked) {
    this.keys = List.copyOf(keys);
    this.issuer = issuer;
    this.audience = audience;
    this.clockSkew = clockSkew;
    this.revoked = revoked;
  }

  /**
   * Reads the configured key. Blocks on the file.
   *
   * @throws NoSuchFileException when there is no such file
   * @throws IOException when it cannot be read or holds no usable key; the message names it
   */
  public static JwtRules load(AccessConfig.Jwt config, RevokedTokens revoked) throws IOException {
    return new JwtRules(
        keys(config), config.issuer(), config.audience(), config.clockSkew(), revoked);
  }

  /**
   * Judges by the configured keys as their file holds them now. Blocks on the file.
   *
   * @throws IOException as {@link #load}; the keys of before stay in force
   */
  public void reload(AccessConfig.Jwt config) throws IOException {
    keys = List.copyOf(keys(config));
  }

  /** Whether a credential has a token's form: three parts, the first a JSON object in Base64. */
  public static boolean isToken(String credential) {
    return credential.startsWith("eyJ") && credential.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * Judges by the keys of this JSON Web Key Set from now on.
   *
   * @throws IllegalArgumentException when it is none or holds no usable key; the keys of before
   *     stay in force
   */
  public void take(String keySet) {
    keys = List.copyOf(VerificationKey.ofKeySet(keySet));
  }

  /**
   * Asks the signer for its keys when a token names one that is not known here.
   *
   * @param ask completes when they have been taken, or when there are none to be had now; it says
   *     itself how often the signer may be asked
   */
  public void askForKeys(Supplier<Future<Void>> ask) {
    keysOfSigner = ask;
  }

  /**
   * Completes when the key that a token names has been looked for, if it is not known; never fails.
   */
  public Future<Void> keyOf(String token) {
    Supplier<Future<Void>> ask = keysOfSigner;
    if (ask == null || token.length() > LONGEST || isKnownKey(token)) {
      return Future.succeededFuture();
    }
    return ask.get().otherwiseEmpty();
  }

  private boolean isKnownKey(String token) {
    try {
      String wanted = JWSObject.parse(token).getHeader().getKeyID();
      List<VerificationKey> known = keys;
      return wanted == null
          ? !known.isEmpty()
          : known.stream().anyMatch(key -> key.id().map(wanted::equals).orElse(false));
    } catch (ParseException | RuntimeException e) {
      // No key would help it.
      return true;
    }
  }

  /**
   * Judges a request by the token that is its credential.
   *
   * @param tenant who owns the app that is asked for
   */
  public AccessDecision decide(AccessRequest request, String tenant, Instant now) {
    return judge(
        request.credential().orElse(""),
        now,
        refused -> refused,
        claims -> decide(request, tenant, claims));
  }

  /** What a token lets its bearer do with topics. */
  public TopicDecision grant(String token, Instant now) {
    return judge(token, now, refused -> refused, this::grant);
  }

  /** Reads the claims of a token that is believed. */
  @FunctionalInterface
  private interface Believed<D> {
    D of(JWTClaimsSet claims) throws ParseException;
  }

  private <D> D judge(String token, Instant now, Function<Refused, D> no, Believed<D> believed) {
    if (token.length() > LONGEST) {
      return no.apply(new Refused(Reason.WRONG_CREDENTIAL, "the token is too long"));
    }
    if (keys.isEmpty()) {
      return no.apply(Refusals.undecided());
    }
    try {
      JWSObject signed = JWSObject.parse(token);
      if (!isSigned(signed)) {
        return no.apply(
            new Refused(
                Reason.WRONG_CREDENTIAL, "the token is not signed with a key that is known here"));
      }
      JWTClaimsSet claims = JWTClaimsSet.parse(signed.getPayload().toJSONObject());
      Optional<Refused> refused = problem(claims, now);
      return refused.isPresent() ? no.apply(refused.get()) : believed.of(claims);
    } catch (ParseException | JOSEException | RuntimeException e) {
      // The library throws unchecked exceptions on some malformed claims.
      return no.apply(new Refused(Reason.WRONG_CREDENTIAL, "the token is malformed"));
    }
  }

  private boolean isSigned(JWSObject token) throws JOSEException {
    if (token.getHeader().getCriticalParams() != null
        || !token.getHeader().isBase64URLEncodePayload()) {
      return false;
    }
    for (VerificationKey key : keys) {
      if (key.signed(token)) {
        return true;
      }
    }
    return false;
  }

  /** Why a token of the signer's is not believed. */
  private Optional<Refused> problem(JWTClaimsSet claims, Instant now) {
    Date expires = claims.getExpirationTime();
    Date notBefore = claims.getNotBeforeTime();
    if (expires == null || claims.getSubject() == null) {
      return refused(Reason.WRONG_CREDENTIAL, "the token lacks 'exp' or 'sub'");
    }
    if (!now.isBefore(expires.toInstant().plus(clockSkew))) {
      return refused(Reason.EXPIRED, "the token has expired");
    }
    if (notBefore != null && now.plus(clockSkew).isBefore(notBefore.toInstant())) {
      return refused(Reason.NOT_ALLOWED, "the token is not valid yet");
    }
    if (issuer.isPresent() && !issuer.get().equals(claims.getIssuer())) {
      return refused(Reason.NOT_ALLOWED, "the token has another issuer");
    }
    if (audience.isPresent() && !claims.getAudience().contains(audience.get())) {
      return refused(Reason.NOT_ALLOWED, "the token is for another audience");
    }
    return problem(claims.getJWTID(), now);
  }

  /** An id that could not be revoked is none to be believed. */
  private Optional<Refused> problem(@Nullable String jti, Instant now) {
    if (jti == null) {
      return Optional.empty();
    }
    Optional<String> wrong = RevokedToken.problem(jti);
    if (wrong.isPresent()) {
      return refused(Reason.WRONG_CREDENTIAL, "the token has a 'jti' that " + wrong.get());
    }
    return revoked.isRevoked(jti, now)
        ? refused(Reason.EXPIRED, "the token has been revoked")
        : Optional.empty();
  }

  private static Optional<Refused> refused(Reason reason, String message) {
    return Optional.of(new Refused(reason, message));
  }

  private static AccessDecision decide(AccessRequest request, String tenant, JWTClaimsSet claims)
      throws ParseException {
    return grants(claims, request)
        ? new Allowed(tenant)
        : new Refused(
            Reason.NOT_ALLOWED,
            "the token does not allow to "
                + (request.action() == Action.PUBLISH ? "publish" : "play")
                + " this stream");
  }

  private TopicDecision grant(JWTClaimsSet claims) throws ParseException {
    Map<String, Object> granted = claims.getJSONObjectClaim("millrace");
    if (granted == null || !(granted.get("topics") instanceof Map<?, ?> topics)) {
      return Refusals.noTopics("the token");
    }
    return TopicClaims.read(granted, topics)
        .grant(
            "token:" + claims.getSubject(),
            Optional.of(claims.getExpirationTime().toInstant().plus(clockSkew)),
            Optional.ofNullable(claims.getJWTID()).map(GrantId::token).stream()
                .collect(Collectors.toSet()),
            "the token");
  }

  private static boolean grants(JWTClaimsSet claims, AccessRequest request) throws ParseException {
    Map<String, Object> granted = claims.getJSONObjectClaim("millrace");
    if (granted == null) {
      return false;
    }
    Object patterns = granted.get(request.action() == Action.PUBLISH ? "publish" : "play");
    return patterns instanceof List<?> list
        && list.size() <= MOST_PATTERNS
        && list.stream()
            .filter(String.class::isInstance)
            .flatMap(text -> StreamPattern.parse((String) text).stream())
            .anyMatch(pattern -> pattern.matches(request.app(), request.stream()));
  }

  private static List<VerificationKey> keys(AccessConfig.Jwt config) throws IOException {
    Optional<Secret> secret = config.secret();
    if (secret.isPresent()) {
      try {
        return List.of(VerificationKey.ofSecret(secret.get().reveal()));
      } catch (IllegalArgumentException e) {
        throw new IOException("access.jwt.secret " + e.getMessage(), e);
      }
    }
    if (config.jwksUrl().isPresent()) {
      // They are fetched.
      return List.of();
    }
    Optional<Path> pem = config.publicKeyFile();
    Path file = pem.or(config::jwksFile).orElseThrow();
    try {
      String text = Files.readString(file);
      return pem.isPresent()
          ? List.of(VerificationKey.ofPem(text))
          : VerificationKey.ofKeySet(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("key file " + file + " " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (AccessDeniedException e) {
      throw new IOException("key file " + file + " may not be read by this account", e);
    } catch (IOException e) {
      throw new IOException("key file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
