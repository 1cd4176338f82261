package io.millrace.edge;

import java.util.Optional;

/**
 * Somebody wants to play.
 *
 * @param token from {@code ?token=} or {@code Authorization: Bearer}
 * @param peer the viewer's address, without a port
 */
public record PlayAttempt(String app, String stream, Optional<String> token, String peer) {
  /** Hides the token. */
  @Override
  public String toString() {
    return "play " + app + "/" + stream + " from " + peer;
  }
}
