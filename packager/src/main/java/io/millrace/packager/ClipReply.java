package io.millrace.packager;

import io.millrace.media.BroadcastId;

/** What comes of the wish for a clip. */
public sealed interface ClipReply {
  /** It is there. */
  record Made(Asset asset) implements ClipReply {}

  /** It is long: its segments are still being copied, and it will be there. */
  record BeingMade(BroadcastId id) implements ClipReply {}

  /**
   * There will be none.
   *
   * @param words for people; with {@link Reason#RANGE} the name of the field comes first: {@code
   *     from: …}
   */
  record Refused(Reason reason, String words) implements ClipReply {}

  /** Why not. */
  enum Reason {
    /** There is no such asset, and no such broadcast on air. */
    UNKNOWN,
    /** It has no such part. */
    RANGE,
    /** There is no room for it. */
    NO_ROOM,
    /** Others are being made. */
    BUSY,
    /** What was to be in it went away meanwhile. */
    GONE,
    /** The store does not answer, or not as it should. */
    NOT_STORED
  }
}
