package io.millrace.packager.captions;

/**
 * A caption and when it is shown.
 *
 * @param startNanos presentation time on the broadcast's timeline
 * @param endNanos later than its start
 */
public record TimedCaption(long startNanos, long endNanos, Caption caption) {}
