package io.millrace.media;

/** Why a publisher or a broadcast ended; the word is also a metric's label. */
public enum EndReason {
  /** The publisher said that it was done. */
  UNPUBLISHED,
  /** The publisher's connection was lost. */
  CONNECTION_LOST,
  /** Another publisher of the same stream took over. */
  TAKEN_OVER,
  /** Somebody with the right to do so ended the broadcast. */
  ENDED_BY_API,
  /** The publisher sent what cannot be used. */
  MALFORMED,
  /** The publisher sent a codec or a form of one that cannot be carried. */
  UNSUPPORTED,
  /** This node is stopping. */
  SHUTDOWN
}
