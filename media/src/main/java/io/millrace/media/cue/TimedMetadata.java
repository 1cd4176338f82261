package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;
import java.util.OptionalLong;

/**
 * Something that is told to players when they show a moment of a broadcast.
 *
 * @param id 32 bits; what has the same id and content is told once
 * @param mediaNanos from the broadcast's first sample
 * @param durationNanos how long it holds; empty when that is not known
 */
public record TimedMetadata(long id, long mediaNanos, OptionalLong durationNanos, Content content) {

  /** What is told. */
  public sealed interface Content {}

  /** A text, with what it is about; an ID3 frame TXXX. */
  public record Text(String description, String value) implements Content {}

  /**
   * Bytes of whoever owns the name; an ID3 frame PRIV.
   *
   * @param owner a URI or a name, ASCII
   */
  public record Private(String owner, Buffer data) implements Content {}

  /** A whole ID3 tag. */
  public record Id3(Buffer tag) implements Content {}

  /**
   * An event of DASH. MPEG-TS has no place for it.
   *
   * @param scheme a URI, ASCII
   * @param value ASCII, may be empty
   */
  public record Event(String scheme, String value, Buffer data) implements Content {}
}
