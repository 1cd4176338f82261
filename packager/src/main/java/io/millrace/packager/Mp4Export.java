package io.millrace.packager;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/** An asset as one MP4 file, whose bytes are made as they are asked for: always the same ones. */
public interface Mp4Export {
  /** Bytes of the whole file. */
  long length();

  /** Strong, with quotes. */
  String etag();

  /**
   * Writes a part of it, as fast as it is taken; two segments are in memory. Called on the context
   * of the target, which is not ended.
   *
   * @param first the first byte
   * @param last the last byte, too
   * @return fails when the store lacks something or does not answer, or when the target does
   */
  Future<Void> write(WriteStream<Buffer> target, long first, long last);
}
