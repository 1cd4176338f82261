package io.millrace.e2e;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A customer's service that signs tokens (RFC 7519, HS256) with a secret the server knows. */
record SignedToken(String secret) {
  /**
   * @param action {@code publish} or {@code play}
   */
  String token(String subject, Instant expires, String action, String pattern) {
    String claims =
        "{\"sub\": \"%s\", \"exp\": %d, \"millrace\": {\"%s\": [\"%s\"]}}"
            .formatted(subject, expires.getEpochSecond(), action, pattern);
    String signed = base64("{\"alg\": \"HS256\", \"typ\": \"JWT\"}") + "." + base64(claims);
    return signed + "." + signature(signed);
  }

  private String signature(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
