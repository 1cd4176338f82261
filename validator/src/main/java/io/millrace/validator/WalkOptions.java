package io.millrace.validator;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How far a walk goes; whatever a server does, no further.
 *
 * @param pollCeiling the longest pause between two looks at a playlist
 * @param requestDeadline for one request with its body
 * @param maxPlaylistBytes of one playlist
 * @param maxFileBytes of one segment or init section
 * @param maxPlaylists how many media playlists are followed
 * @param maxFetches segments of one playlist; of a longer one on demand the first are fetched
 * @param patience how long a stream that is about to start (503) is waited for
 * @param trust whose certificates are believed; empty for those that this Java believes
 */
public record WalkOptions(
    Duration pollCeiling,
    Duration requestDeadline,
    int maxPlaylistBytes,
    int maxFileBytes,
    int maxPlaylists,
    int maxFetches,
    Duration patience,
    Optional<SSLContext> trust) {
  private static final int MIB = 1 << 20;

  /** For anybody's server. */
  public static WalkOptions defaults() {
    return new WalkOptions(
        Duration.ofSeconds(6),
        Duration.ofSeconds(20),
        4 * MIB,
        64 * MIB,
        32,
        20_000,
        Duration.ZERO,
        Optional.empty());
  }

  /** Waits for a stream that is about to start. */
  public WalkOptions waiting(Duration forTheStart) {
    return new WalkOptions(
        pollCeiling,
        requestDeadline,
        maxPlaylistBytes,
        maxFileBytes,
        maxPlaylists,
        maxFetches,
        forTheStart,
        trust);
  }

  /** Looks twice as often as a player does, so that tests see more versions. */
  public WalkOptions eager() {
    return new WalkOptions(
        Duration.ofMillis(400),
        requestDeadline,
        maxPlaylistBytes,
        maxFileBytes,
        maxPlaylists,
        maxFetches,
        patience,
        trust);
  }

  /** Believes these certificates. */
  public WalkOptions trusting(SSLContext these) {
    return new WalkOptions(
        pollCeiling,
        requestDeadline,
        maxPlaylistBytes,
        maxFileBytes,
        maxPlaylists,
        maxFetches,
        patience,
        Optional.of(these));
  }
}
