package io.millrace.media;

/**
 * A broadcast as it was when it ended.
 *
 * @param status {@link LiveState#ENDED}, since the end
 * @param health as last measured, up to a second before
 */
public record EndedBroadcast(LiveStatus status, StreamHealth health) {}
