package io.millrace.packager;

import io.millrace.media.Broadcast;
import io.millrace.media.BroadcastId;
import io.millrace.media.StreamKey;
import java.time.Duration;
import java.time.Instant;

/**
 * A recording that can be played at any time: a broadcast from its first segment to its end, or a
 * part of one.
 *
 * @param id that of the broadcast where it is a whole one; sorts by the time that began, or at
 *     which the asset was made
 * @param tenant who owns it
 * @param stream whose broadcast it was; it is as open as that one's app is
 * @param startedAt when the broadcast went on air, or what it shows first happened
 * @param endedAt when that ended
 * @param duration of its longest rendition, lost time included
 * @param bytes of its segments
 * @param width of its picture in pixels; 0 without one
 * @param height likewise
 * @param pinned whether it is kept until somebody removes it
 * @param madeAt from when on it is kept for as long as assets are
 * @param title its own; empty where it is the stream's
 * @param source what it was made of
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
    boolean pinned,
    Instant madeAt,
    String title,
    AssetSource source) {
  /** A whole broadcast. */
  public Asset(
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
    this(
        id,
        tenant,
        stream,
        startedAt,
        endedAt,
        duration,
        bytes,
        width,
        height,
        pinned,
        endedAt,
        "",
        new AssetSource.Whole());
  }

  /** The broadcast that it was; its objects are below that one's keys. */
  public Broadcast broadcast() {
    return new Broadcast(id, tenant, stream, startedAt);
  }

  /** The same, kept or not. */
  public Asset withPin(boolean newPinned) {
    return new Asset(
        id, tenant, stream, startedAt, endedAt, duration, bytes, width, height, newPinned, madeAt,
        title, source);
  }
}
