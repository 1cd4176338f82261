package io.millrace.packager.metadata;

import io.millrace.media.cue.TimedMetadata;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * By which timed metadata is known again when its bytes are gone: equal contents have equal ones,
 * and other contents others.
 *
 * @param sha256 of what it says
 */
public record Fingerprint(Buffer sha256) {

  /** That of a content; any thread. */
  public static Fingerprint of(TimedMetadata.Content content) {
    MessageDigest digest = sha256Digest();
    switch (content) {
      case TimedMetadata.Text(String description, String value) -> {
        update(digest, "text", description);
        digest.update(value.getBytes(StandardCharsets.UTF_8));
      }
      case TimedMetadata.Private(String owner, Buffer data) -> {
        update(digest, "private", owner);
        digest.update(data.getBytes());
      }
      case TimedMetadata.Id3(Buffer tag) -> {
        update(digest, "id3");
        digest.update(tag.getBytes());
      }
      case TimedMetadata.Event(String scheme, String value, Buffer data) -> {
        update(digest, "event", scheme, value);
        digest.update(data.getBytes());
      }
    }
    return new Fingerprint(Buffer.buffer(digest.digest()));
  }

  /** Each with its length before it, so that nothing of one can be taken for another's. */
  private static void update(MessageDigest digest, String... texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update(Buffer.buffer(4).appendInt(bytes.length).getBytes());
      digest.update(bytes);
    }
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
