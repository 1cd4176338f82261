package io.millrace.storage;

import io.vertx.core.buffer.Buffer;

/** An object with its bytes. */
public record StoredObject(ObjectInfo info, Buffer content) {
  /** Some of its bytes, fewer where it ends earlier. */
  Buffer range(long offset, int length) {
    int from = (int) Math.min(content.length(), offset);
    return content.getBuffer(from, (int) Math.min(content.length(), (long) from + length));
  }
}
