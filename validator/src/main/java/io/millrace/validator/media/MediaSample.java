package io.millrace.validator.media;

/**
 * One access unit. Times are in the track's timescale.
 *
 * @param duration as the container says it, or the time to the next sample where it does not
 * @param size in bytes
 * @param sync whether the container says that decoding can start here
 * @param access whether the bitstream does
 */
public record MediaSample(
    long dts, long pts, long duration, long size, boolean sync, Access access) {
  /** Whether decoding can start here, though pictures that are shown before may be lost. */
  public boolean isEntry() {
    return switch (access) {
      case KEY, OPEN -> true;
      case NONE -> false;
      case UNKNOWN -> sync;
    };
  }
}
