package io.millrace.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jwt.JWTClaimsSet;
import io.millrace.access.AccessDecision.Allowed;
import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;
import io.millrace.access.jwt.VerificationKey;
import io.millrace.config.Secret;
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

/**
 * Tokens that the customer signs decide who may publish and play. A token is a JWT (RFC 7519)
 * signed with HS256, RS256, ES256 or EdDSA; its claims, {@code sub} and {@code exp} required:
 *
 * <pre>
 *   {"sub": "camera 1", "exp": 1790000000, "jti": "…",
 *    "millrace": {"publish": ["live/cam1"], "play": ["live/*"]}}
 * </pre>
 *
 * Patterns are {@code app/stream}, {@code app/prefix*} or {@code app/*}. Pure and thread-safe; a
 * decision costs one signature check.
 */
public final class JwtRules {
  /** Longer tokens are refused unread, in characters. */
  public static final int LONGEST = 8192;

  private static final int MOST_PATTERNS = 200;

  private final List<VerificationKey> keys;
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

  /** Whether a credential has a token's form: three parts, the first a JSON object in Base64. */
  public static boolean isToken(String credential) {
    return credential.startsWith("eyJ") && credential.chars().filter(c -> c == '.').count() == 2;
  }

  /**
   * Judges a request by the token that is its credential.
   *
   * @param tenant who owns the app that is asked for
   */
  public AccessDecision decide(AccessRequest request, String tenant, Instant now) {
    String token = request.credential().orElse("");
    if (token.length() > LONGEST) {
      return new Refused(Reason.WRONG_CREDENTIAL, "the token is too long");
    }
    try {
      JWSObject signed = JWSObject.parse(token);
      if (!isSigned(signed)) {
        return new Refused(
            Reason.WRONG_CREDENTIAL, "the token is not signed with a key that is known here");
      }
      return decide(request, tenant, now, JWTClaimsSet.parse(signed.getPayload().toJSONObject()));
    } catch (ParseException | JOSEException | RuntimeException e) {
      // The library throws unchecked exceptions on some malformed claims.
      return new Refused(Reason.WRONG_CREDENTIAL, "the token is malformed");
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

  private AccessDecision decide(
      AccessRequest request, String tenant, Instant now, JWTClaimsSet claims)
      throws ParseException {
    Date expires = claims.getExpirationTime();
    Date notBefore = claims.getNotBeforeTime();
    if (expires == null || claims.getSubject() == null) {
      return new Refused(Reason.WRONG_CREDENTIAL, "the token lacks 'exp' or 'sub'");
    }
    if (!now.isBefore(expires.toInstant().plus(clockSkew))) {
      return new Refused(Reason.EXPIRED, "the token has expired");
    }
    if (notBefore != null && now.plus(clockSkew).isBefore(notBefore.toInstant())) {
      return new Refused(Reason.NOT_ALLOWED, "the token is not valid yet");
    }
    if (issuer.isPresent() && !issuer.get().equals(claims.getIssuer())) {
      return new Refused(Reason.NOT_ALLOWED, "the token has another issuer");
    }
    if (audience.isPresent() && !claims.getAudience().contains(audience.get())) {
      return new Refused(Reason.NOT_ALLOWED, "the token is for another audience");
    }
    if (claims.getJWTID() != null && revoked.isRevoked(claims.getJWTID(), now)) {
      return new Refused(Reason.EXPIRED, "the token has been revoked");
    }
    return grants(claims, request)
        ? new Allowed(tenant)
        : new Refused(
            Reason.NOT_ALLOWED,
            "the token does not allow to "
                + (request.action() == Action.PUBLISH ? "publish" : "play")
                + " this stream");
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
