package io.millrace.media;

import java.util.Optional;

/**
 * The inputs of a broadcast at one moment.
 *
 * @param onAir what viewers are shown; empty while nobody publishes
 * @param standby what is received beside it
 */
public record LiveInputs(Optional<InputRole> onAir, Optional<InputRole> standby) {
  /** Of a broadcast that nobody publishes. */
  public static final LiveInputs NONE = new LiveInputs(Optional.empty(), Optional.empty());
}
