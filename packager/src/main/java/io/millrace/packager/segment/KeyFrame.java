package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Track;

/** A picture that can be shown alone, and its track as it was by then. */
public record KeyFrame(Track track, Sample sample) {}
