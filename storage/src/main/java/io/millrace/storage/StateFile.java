package io.millrace.storage;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * A state as it waits on the disk: a line of JSON with what its upload has to know, then its
 * content.
 *
 * @param expected the bucket's tag of the state that it follows; empty for the first
 * @param maybeSent hashes of contents before it of which nobody knows whether the bucket has them
 */
record StateFile(Optional<String> expected, Set<String> maybeSent, Buffer content) {
  private static final byte END = '\n';

  Buffer toBuffer() {
    JsonObject head = new JsonObject().put("version", 1);
    expected.ifPresent(tag -> head.put("expected", tag));
    head.put("maybeSent", new JsonArray(maybeSent.stream().sorted().toList()));
    return Buffer.buffer(head.encode()).appendByte(END).appendBuffer(content);
  }

  /**
   * Reads what {@link #toBuffer} wrote.
   *
   * @throws StorageException when it is something else
   */
  static StateFile read(Path path, Buffer file) {
    try {
      int end = 0;
      while (file.getByte(end) != END) {
        end++;
      }
      JsonObject head = new JsonObject(file.getString(0, end, StandardCharsets.UTF_8.name()));
      Set<String> maybeSent = new HashSet<>();
      head.getJsonArray("maybeSent").forEach(hash -> maybeSent.add(String.valueOf(hash)));
      return new StateFile(
          Optional.ofNullable(head.getString("expected")),
          Set.copyOf(maybeSent),
          file.getBuffer(end + 1, file.length()));
    } catch (RuntimeException e) {
      throw new StorageException(
          StorageException.Reason.DAMAGED,
          "the state in " + path + " waits for the bucket and is damaged; move it away",
          e);
    }
  }

  static String hash(Buffer content) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
