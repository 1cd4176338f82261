package io.millrace.transcoding.protocol;

/** What encoders may wait for. */
public enum Latency {
  /** Nothing: each picture is coded when it comes, without B-frames. */
  LOW,
  /** Some pictures, to look ahead and for B-frames: a tenth less to carry, half a second later. */
  NORMAL
}
