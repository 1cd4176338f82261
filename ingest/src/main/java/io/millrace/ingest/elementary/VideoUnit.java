package io.millrace.ingest.elementary;

import io.vertx.core.buffer.Buffer;

/**
 * An access unit in the media model's shape, and what its bitstream says of it.
 *
 * @param data may share bytes with what it was read from
 * @param kind whether decoding can start here
 */
public record VideoUnit(Buffer data, Kind kind) {
  /** What a decoder can do with a unit. */
  public enum Kind {
    /** Decoding can start here: IDR, BLA, CRA, a key frame. */
    SYNC,
    /** A picture from which, or some time after which, pictures are right; no key frame. */
    RECOVERY_POINT,
    /** A picture that needs earlier ones. */
    INTER,
    /** No picture: parameter sets, messages, delimiters. They belong to the next picture. */
    NO_PICTURE
  }
}
