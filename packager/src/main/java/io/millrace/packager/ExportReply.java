package io.millrace.packager;

/** What comes of the wish for one MP4 of an asset. */
public sealed interface ExportReply {
  /** It can be had. */
  record Ready(Mp4Export file) implements ExportReply {}

  /**
   * It cannot.
   *
   * @param words for people
   */
  record Refused(Reason reason, String words) implements ExportReply {}

  /** Why not. */
  enum Reason {
    /** There is no such asset. */
    UNKNOWN,
    /** It has no such rung. */
    NO_RUNG,
    /** One MP4 cannot hold what it has. */
    UNFIT,
    /** The store does not answer, or not as it should. */
    NOT_STORED
  }
}
