package io.millrace.media;

/**
 * How a broadcast that has had media was doing when it ended.
 *
 * @param status {@link LiveState#ENDED}, since the end
 * @param health as last measured, up to a second before
 */
public record EndedBroadcastHealth(LiveStatus status, StreamHealth health) {}
