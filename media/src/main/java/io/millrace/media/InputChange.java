package io.millrace.media;

import java.util.Optional;

/**
 * Something has become of a broadcast's inputs where there were two of them, or are now.
 *
 * @param now what there is
 * @param seamless where another input is on air now: whether it goes on without a discontinuity
 */
public record InputChange(
    Broadcast broadcast, LiveInputs now, Cause cause, Optional<Boolean> seamless) {
  /** What has happened. */
  public enum Cause {
    /** A second input stands by. */
    JOINED,
    /** The one that stood by is gone. */
    LEFT,
    /** The one on air is gone, so that the other one is on air. */
    GONE,
    /** The one on air has sent nothing for too long, so that the other one is on air. */
    SILENT,
    /** The primary is on air again, as configured. */
    PRIMARY_RETURNED
  }
}
