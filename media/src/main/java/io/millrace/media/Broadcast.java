package io.millrace.media;

import java.time.Instant;

/**
 * One time on air of a stream.
 *
 * @param tenant who owns the app; the first part of every object's key
 * @param startedAt wall clock at the first publish
 */
public record Broadcast(BroadcastId id, String tenant, StreamKey stream, Instant startedAt) {}
