package io.millrace.packager.segment;

import io.vertx.core.buffer.Buffer;

/** What a decoder needs before the bytes of segments; equal headers have the same name. */
public interface Header {
  /** The name of its file. */
  String name();

  /** The file. */
  Buffer bytes();
}
