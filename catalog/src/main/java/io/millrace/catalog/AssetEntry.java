package io.millrace.catalog;

import java.time.Duration;
import java.time.Instant;

/**
 * A recording that can be played.
 *
 * @param id that of its broadcast; sorts by the time it began
 * @param app whose playback says who may play it
 * @param stream whose broadcast it was
 * @param bytes what it takes in the store
 * @param width of its picture in pixels; 0 without one
 * @param height likewise
 * @param pinned whether it is kept until somebody removes it
 * @param playlist the path of its HLS playlist
 */
public record AssetEntry(
    String id,
    String app,
    String stream,
    Instant startedAt,
    Instant endedAt,
    Duration duration,
    long bytes,
    int width,
    int height,
    boolean pinned,
    String playlist) {}
