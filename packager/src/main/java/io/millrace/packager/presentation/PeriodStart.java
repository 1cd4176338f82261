package io.millrace.packager.presentation;

import java.time.Instant;

/**
 * Where a stretch of segments begins that a DASH manifest shows as one period. It keeps its
 * identity when its first segments have left the window.
 *
 * @param msn media sequence number of its first segment
 * @param date that segment's programme date
 * @param mediaNanos that segment's presentation time on the broadcast's timeline
 */
public record PeriodStart(long msn, Instant date, long mediaNanos) {}
