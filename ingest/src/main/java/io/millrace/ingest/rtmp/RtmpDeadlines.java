package io.millrace.ingest.rtmp;

import io.millrace.ingest.IngestConfig;
import io.millrace.ingest.rtmp.RtmpSession.Phase;
import java.time.Duration;
import java.util.Optional;

/**
 * By when a connection must have got further. All times are nanoseconds of one monotonic clock.
 * Before publishing the deadline stands from the phase's beginning, whatever trickles in; a
 * publisher must only not fall silent.
 */
final class RtmpDeadlines {
  private final IngestConfig config;
  private Phase phase = Phase.HANDSHAKE;
  private long phaseSince;
  private long lastHeard;

  RtmpDeadlines(IngestConfig config, long now) {
    this.config = config;
    phaseSince = now;
    lastHeard = now;
  }

  /** Bytes came. */
  void heard(long now) {
    lastHeard = now;
  }

  /** The session is in this phase now; true when it is a new one, with a deadline of its own. */
  boolean enter(Phase current, long now) {
    if (current == phase) {
      return false;
    }
    phase = current;
    phaseSince = now;
    lastHeard = now;
    return true;
  }

  /** Nanoseconds until the deadline; not positive when it has passed. */
  long left(long now) {
    return switch (phase) {
      case HANDSHAKE -> left(phaseSince, config.handshakeTimeout(), now);
      case COMMANDS, DECIDING -> left(phaseSince, config.publishTimeout(), now);
      case PUBLISHING, CLOSED -> left(lastHeard, config.idleTimeout(), now);
    };
  }

  /** Why the connection has to be closed now, if so. */
  Optional<CloseReason> expired(long now) {
    if (left(now) > 0) {
      return Optional.empty();
    }
    return Optional.of(
        switch (phase) {
          case HANDSHAKE -> CloseReason.HANDSHAKE_TIMEOUT;
          case COMMANDS -> CloseReason.PUBLISH_TIMEOUT;
          case DECIDING -> CloseReason.UNDECIDED;
          case PUBLISHING, CLOSED -> CloseReason.IDLE;
        });
  }

  /** What is said about a deadline that has passed. */
  String words(CloseReason reason) {
    return switch (reason) {
      case HANDSHAKE_TIMEOUT -> "no handshake within " + show(config.handshakeTimeout());
      case PUBLISH_TIMEOUT -> "no publish request within " + show(config.publishTimeout());
      case UNDECIDED -> "the server could not decide about this stream in time; try again";
      default -> "nothing was sent for " + show(config.idleTimeout());
    };
  }

  private static String show(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private static long left(long since, Duration limit, long now) {
    return limit.toNanos() - (now - since);
  }
}
