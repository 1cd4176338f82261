package io.millrace.packager;

import io.millrace.media.Broadcast;
import java.time.Duration;
import java.time.Instant;

/**
 * A segment that the store has confirmed.
 *
 * @param sequence its media sequence number
 * @param startsAt when what it shows happened
 * @param bytes how long it is
 * @param object its key in the store
 */
public record StoredSegment(
    Broadcast broadcast,
    String rendition,
    long sequence,
    Instant startsAt,
    Duration duration,
    int bytes,
    String object) {}
