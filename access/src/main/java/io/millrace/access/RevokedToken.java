package io.millrace.access;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A token that is not believed any more, until it would have expired by itself.
 *
 * @param jti its id (RFC 7519, 4.1.7)
 * @param expiresAt its {@code exp}, the year 9999 at the latest
 */
public record RevokedToken(String jti, Instant expiresAt) {
  /** Longer ids are no ids, in characters. */
  public static final int LONGEST_JTI = 512;

  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  /** What every database can keep: no control characters, and no half of a surrogate pair. */
  private static final Pattern JTI = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1," + LONGEST_JTI + "}");

  public RevokedToken {
    expiresAt = expiresAt.isAfter(LATEST) ? LATEST : expiresAt;
  }

  /** What is wrong with an id, in words that go on after its name; empty when it is fine. */
  public static Optional<String> problem(String jti) {
    return JTI.matcher(jti).matches()
        ? Optional.empty()
        : Optional.of("has not 1 to " + LONGEST_JTI + " characters, or control characters");
  }

  /**
   * The token that this is. Its signature is not looked at: whoever may revoke may name any id.
   *
   * @throws IllegalArgumentException with words that go on after its name
   */
  public static RevokedToken of(String token) {
    if (token.length() > JwtRules.LONGEST) {
      throw new IllegalArgumentException("is longer than tokens that are believed");
    }
    JWTClaimsSet claims = claims(token);
    if (claims.getJWTID() == null || claims.getExpirationTime() == null) {
      throw new IllegalArgumentException("lacks 'jti' or 'exp'");
    }
    Optional<String> problem = problem(claims.getJWTID());
    if (problem.isPresent()) {
      throw new IllegalArgumentException("has a 'jti' that " + problem.get());
    }
    return new RevokedToken(claims.getJWTID(), claims.getExpirationTime().toInstant());
  }

  private static JWTClaimsSet claims(String token) {
    try {
      return JWTClaimsSet.parse(JWSObject.parse(token).getPayload().toString());
    } catch (ParseException | RuntimeException e) {
      // The library throws unchecked exceptions on some malformed claims.
      throw new IllegalArgumentException("is no signed token (JWT)", e);
    }
  }
}
