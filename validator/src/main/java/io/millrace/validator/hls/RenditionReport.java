package io.millrace.validator.hls;

import java.util.Optional;

/**
 * EXT-X-RENDITION-REPORT: how far another playlist of the presentation is.
 *
 * @param line in the playlist, from 1
 * @param lastSequence the media sequence number of its last segment or part; empty where it is not
 *     written, then it is that of the playlist itself
 * @param lastPart likewise, the index of its last part
 */
public record RenditionReport(
    int line, String uri, Optional<Long> lastSequence, Optional<Long> lastPart) {}
