package io.millrace.packager.segment;

/**
 * Where a track's segment starts, known with its first sample.
 *
 * @param msn media sequence number, the same in all tracks for the same time
 * @param mediaNanos presentation time of its start on the broadcast's timeline
 * @param discontinuity whether it does not continue the segment before
 */
public record SegmentStart(long msn, long mediaNanos, boolean discontinuity) {}
