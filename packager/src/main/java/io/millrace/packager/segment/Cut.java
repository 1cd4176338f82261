package io.millrace.packager.segment;

/**
 * The end of a track's segment, and what is known of it by then.
 *
 * @param msn media sequence number, the same in all tracks for the same time
 * @param startTicks its start in the track's timescale, comparable with decoding times
 * @param durationTicks to where the next segment starts
 * @param mediaNanos presentation time of its start on the broadcast's timeline
 * @param discontinuity whether it does not continue the segment before
 */
public record Cut(
    long msn, long startTicks, long durationTicks, long mediaNanos, boolean discontinuity) {}
