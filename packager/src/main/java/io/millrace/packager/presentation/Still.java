package io.millrace.packager.presentation;

import io.millrace.media.Sample;
import io.millrace.media.Track;

/**
 * The picture that stands for a stream.
 *
 * @param file an MP4 file of it
 * @param track what it is a sample of
 * @param picture a key frame
 */
public record Still(Document file, Track track, Sample picture) {}
