package io.millrace.media;

/** What can be wrong with a publisher's timestamps and still be put right without a break. */
public enum TimestampRepair {
  /** A decoding time that was not after the one before: moved just behind it. */
  ORDER,
  /**
   * All tracks stepped back by less than a second and went on from there, or jumped anywhere within
   * a second of media after a break: taken out.
   */
  STEP_BACK,
  /** All tracks jumped inside a group of pictures, in no time: taken out, or pictures were lost. */
  JUMP,
  /** One track's clock jumped alone, or stood still for long: put back beside the others. */
  TRACK_JUMP,
  /** All tracks' clocks stood still while samples came: these have the time of their arrival. */
  STANDSTILL,
  /** Single samples with a time of their own between good ones: spread over the time between. */
  OUTLIER,
  /** Tracks whose first timestamps are far apart: begun together. */
  TRACK_START,
  /** A composition time that no picture can have: that of the picture before is taken. */
  COMPOSITION
}
