package io.millrace.storage;

import io.millrace.storage.S3Bucket.Condition;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Looks whether a bucket can do what is needed, with an object of its own that it removes again: a
 * store that takes a second conditional put would let two writers write one broadcast.
 */
final class S3Probe {
  private S3Probe() {}

  /** Blocks; true, or it throws what is wrong. */
  static boolean look(S3Bucket bucket, S3Config config) throws S3Failure {
    String key = "~probe/" + UUID.randomUUID();
    byte[] content = key.getBytes(StandardCharsets.UTF_8);
    bucket.list("~probe/", "", 1);
    bucket.put(key, content, new Condition.Tag(Optional.empty(), "first"));
    try {
      boolean isRead =
          bucket
              .get(key)
              .filter(found -> found.content().equals(Buffer.buffer(content)))
              .isPresent();
      if (!isRead || takesAnother(bucket, key, content)) {
        throw new StorageException(
            StorageException.Reason.UNAVAILABLE,
            "the store at "
                + config.endpoint()
                + (isRead
                    ? " ignores the conditions of a put (If-None-Match), so two writers could"
                        + " write one stream; use a store that knows them"
                    : " does not give back what it has just stored; check what is in between"),
            null);
      }
      return true;
    } finally {
      bucket.delete(key);
    }
  }

  private static boolean takesAnother(S3Bucket bucket, String key, byte[] content)
      throws S3Failure {
    try {
      bucket.put(key, content, new Condition.Tag(Optional.empty(), "second"));
      return true;
    } catch (S3Failure e) {
      if (e.isRefusedCondition()) {
        return false;
      }
      throw e;
    }
  }
}
