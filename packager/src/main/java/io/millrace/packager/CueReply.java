package io.millrace.packager;

/** What comes of a question about a stream's cue points or timed metadata. */
public sealed interface CueReply<T> {
  /**
   * It is so, and stored.
   *
   * @param isNew whether it was not so before
   */
  record Done<T>(T value, boolean isNew) implements CueReply<T> {}

  /**
   * It is not, in words for whoever asked.
   *
   * @param words of what cannot be used they are {@code field: what is wrong with it}
   */
  record Refused<T>(Reason reason, String words) implements CueReply<T> {}

  /** Why not. */
  enum Reason {
    /** The stream is not on air here. */
    OFF_AIR,
    /** It is, but nothing can be played yet. */
    STARTING,
    /** There is no such cue point, or it is over. */
    UNKNOWN,
    /** Another one has the id. */
    TAKEN,
    /** The request cannot be fulfilled. */
    UNUSABLE,
    /** There are too many. */
    FULL,
    /** It is so, but the store has not taken it yet; the same may be asked again. */
    UNSTORED
  }
}
