package io.millrace.packager.segment;

import io.millrace.media.Sample;

/**
 * A sample of an open segment.
 *
 * @param duration for how many ticks of its track's timescale it lasts
 */
public record TimedSample(Sample sample, long duration) {}
