package io.millrace.storage;

import io.vertx.core.buffer.Buffer;

/** An object with its bytes. */
public record StoredObject(ObjectInfo info, Buffer content) {}
