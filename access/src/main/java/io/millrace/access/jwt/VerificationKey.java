package io.millrace.access.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A key and the one algorithm it is for. The algorithm comes from the key's kind, never from a
 * token, so a public key can't be taken for a shared secret (RFC 8725 3.1).
 *
 * @param id {@code kid}, where the key has one
 */
public record VerificationKey(Optional<String> id, JWSAlgorithm algorithm, JWSVerifier verifier) {
  private static final int SHORTEST_SECRET_BYTES = 32;
  private static final int SHORTEST_RSA_BITS = 2048;

  /** {@code SubjectPublicKeyInfo} up to the 32 bytes of an Ed25519 key (RFC 8410). */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /** Whether this key is for such a token, and has signed it. */
  public boolean signed(JWSObject token) throws JOSEException {
    String wanted = token.getHeader().getKeyID();
    return algorithm.equals(token.getHeader().getAlgorithm())
        && (wanted == null || id.isEmpty() || id.get().equals(wanted))
        && token.verify(verifier);
  }

  /**
   * @throws IllegalArgumentException when it is too short
   */
  public static VerificationKey ofSecret(String secret) {
    return ofSecret(Optional.empty(), secret.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A PEM file's public key ({@code BEGIN PUBLIC KEY}): RSA, EC on P-256 or Ed25519.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static VerificationKey ofPem(String pem) {
    int start = pem.indexOf("-----BEGIN PUBLIC KEY-----");
    int end = pem.indexOf("-----END PUBLIC KEY-----");
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("holds no '-----BEGIN PUBLIC KEY-----'");
    }
    byte[] der =
        Base64.getMimeDecoder()
            .decode(pem.substring(start + "-----BEGIN PUBLIC KEY-----".length(), end));
    for (String kind : List.of("RSA", "EC", "Ed25519")) {
      Optional<PublicKey> key = parse(kind, der);
      if (key.isPresent()) {
        return of(Optional.empty(), key.get());
      }
    }
    throw new IllegalArgumentException("holds neither an RSA, an EC nor an Ed25519 key");
  }

  /**
   * A JSON Web Key Set (RFC 7517). Keys of other kinds and for encryption are passed over.
   *
   * @throws IllegalArgumentException when it is none, or holds no key that we can use
   */
  public static List<VerificationKey> ofKeySet(String json) {
    List<VerificationKey> keys = new ArrayList<>();
    try {
      for (JWK key : JWKSet.parse(json).getKeys()) {
        if (key.getKeyUse() == null || "sig".equals(key.getKeyUse().identifier())) {
          of(key).ifPresent(keys::add);
        }
      }
    } catch (ParseException | JOSEException e) {
      throw new IllegalArgumentException("is no JSON Web Key Set: " + e.getMessage(), e);
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("holds no key for HS256, RS256, ES256 or EdDSA");
    }
    return keys;
  }

  private static Optional<VerificationKey> of(JWK key) throws JOSEException {
    Optional<String> id = Optional.ofNullable(key.getKeyID());
    return switch (key) {
      case RSAKey rsa -> Optional.of(of(id, rsa.toPublicKey()));
      case ECKey ec when ec.getCurve().equals(Curve.P_256) -> Optional.of(of(id, ec.toPublicKey()));
      case OctetKeyPair pair when pair.getCurve().equals(Curve.Ed25519) ->
          Optional.of(of(id, ed25519(pair.getX().decode())));
      case OctetSequenceKey secret -> Optional.of(ofSecret(id, secret.toByteArray()));
      default -> Optional.empty();
    };
  }

  private static VerificationKey ofSecret(Optional<String> id, byte[] secret) {
    if (secret.length < SHORTEST_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "must have at least " + SHORTEST_SECRET_BYTES + " bytes for HS256");
    }
    try {
      return new VerificationKey(id, JWSAlgorithm.HS256, new MACVerifier(secret));
    } catch (JOSEException e) {
      throw new IllegalArgumentException("cannot be used: " + e.getMessage(), e);
    }
  }

  private static VerificationKey of(Optional<String> id, PublicKey key) {
    try {
      return switch (key) {
        case RSAPublicKey rsa when rsa.getModulus().bitLength() < SHORTEST_RSA_BITS ->
            throw new IllegalArgumentException(
                "holds an RSA key of fewer than " + SHORTEST_RSA_BITS + " bits");
        case RSAPublicKey rsa ->
            new VerificationKey(id, JWSAlgorithm.RS256, new RSASSAVerifier(rsa));
        case ECPublicKey ec -> {
          if (ec.getParams().getOrder().bitLength() != 256) {
            throw new IllegalArgumentException("holds an EC key that is not on P-256");
          }
          yield new VerificationKey(id, JWSAlgorithm.ES256, new ECDSAVerifier(ec));
        }
        default -> new VerificationKey(id, JWSAlgorithm.EdDSA, new Ed25519Verifier(key));
      };
    } catch (JOSEException e) {
      throw new IllegalArgumentException("cannot be used: " + e.getMessage(), e);
    }
  }

  private static PublicKey ed25519(byte[] x) {
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.writeBytes(ED25519_PREFIX);
    der.writeBytes(x);
    return parse("Ed25519", der.toByteArray())
        .orElseThrow(() -> new IllegalArgumentException("holds a malformed Ed25519 key"));
  }

  private static Optional<PublicKey> parse(String kind, byte[] der) {
    try {
      return Optional.of(KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der)));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
