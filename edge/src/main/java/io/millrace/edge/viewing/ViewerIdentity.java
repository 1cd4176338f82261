package io.millrace.edge.viewing;

import io.vertx.core.MultiMap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells viewers apart: by the CMCD session id (CTA-5004), else {@code X-Playback-Session-Id}
 * (Apple's players), else address and user agent. Only a hash is kept, salted for this process.
 */
public final class ViewerIdentity {
  private static final Pattern SESSION = Pattern.compile("(?:^|,)\\s*sid=\"([^\"]{1,64})\"");

  private final byte[] salt = new byte[16];

  public ViewerIdentity() {
    new SecureRandom().nextBytes(salt);
  }

  /** 64 bits that stand for whoever sent a request. */
  public long of(String rawQuery, MultiMap headers, String peer) {
    return hash(
        Token.parameter(rawQuery, "CMCD")
            .or(() -> Optional.ofNullable(headers.get("CMCD-Session")))
            .flatMap(ViewerIdentity::session)
            .map(session -> "cmcd:" + session)
            .or(
                () ->
                    Optional.ofNullable(headers.get("X-Playback-Session-Id")).map(id -> "x:" + id))
            .orElseGet(() -> "peer:" + peer + "\n" + headers.get("User-Agent")));
  }

  private static Optional<String> session(String cmcd) {
    Matcher matcher = SESSION.matcher(cmcd);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private long hash(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
