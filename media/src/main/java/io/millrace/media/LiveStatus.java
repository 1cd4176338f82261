package io.millrace.media;

import java.time.Instant;
import java.util.List;

/**
 * A broadcast as others see it at one moment.
 *
 * @param since when this state began
 * @param tracks of the present or last publisher; empty before the first
 * @param protocol by which the present or last publisher came; empty after a restart
 * @param peer the address it came from; empty after a restart
 */
public record LiveStatus(
    Broadcast broadcast,
    LiveState state,
    Instant since,
    List<Track> tracks,
    String protocol,
    String peer) {}
