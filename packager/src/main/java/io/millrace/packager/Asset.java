package io.millrace.packager;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import java.time.Duration;
import java.time.Instant;

/**
 * A recording that can be played at any time: a broadcast from its first segment to its end.
 *
 * @param id that of the broadcast; sorts by the time it began
 * @param tenant who owns it
 * @param stream whose broadcast it was; it is as open as that one's app is
 * @param startedAt when the broadcast went on air
 * @param endedAt when it ended
 * @param duration of its longest rendition, lost time included
 * @param bytes of its segments
 * @param width of its picture in pixels; 0 without one
 * @param height likewise
 * @param pinned whether it is kept until somebody removes it
 */
public record Asset(
    BroadcastId id,
    String tenant,
    StreamKey stream,
    Instant startedAt,
    Instant endedAt,
    Duration duration,
    long bytes,
    int width,
    int height,
    boolean pinned) {
  /** The broadcast that it was; its objects are below that one's keys. */
  public Broadcast broadcast() {
    return new Broadcast(id, tenant, stream, startedAt);
  }

  /** The same, kept or not. */
  public Asset withPin(boolean newPinned) {
    return new Asset(
        id, tenant, stream, startedAt, endedAt, duration, bytes, width, height, newPinned);
  }
}
