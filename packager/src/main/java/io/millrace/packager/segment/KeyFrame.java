package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Track;

/**
 * A picture that can be shown alone, and its track as it was by then.
 *
 * @param end so many bytes from the segment's start hold it, with nothing else to be decoded
 */
public record KeyFrame(Track track, Sample sample, int end) {}
