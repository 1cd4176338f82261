package io.millrace.transcoding.protocol;

/** What encoders may wait for. */
public enum Latency {
  /** Nothing: each picture is coded when it comes, without B-frames. */
  LOW,
  /**
   * Seven pictures, to look ahead and for B-frames: a quarter less to carry at the same quality.
   */
  NORMAL
}
