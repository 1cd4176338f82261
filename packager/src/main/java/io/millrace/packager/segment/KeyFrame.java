package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.cmaf.InitSegment;

/**
 * A picture that can be shown alone.
 *
 * @param header of a CMAF file with this picture
 * @param timescale of that file
 */
public record KeyFrame(InitSegment header, Timescale timescale, Sample sample) {}
