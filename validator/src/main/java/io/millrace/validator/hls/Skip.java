package io.millrace.validator.hls;

import java.util.List;
import java.util.Optional;

/**
 * EXT-X-SKIP: what a delta update leaves out.
 *
 * @param line in the playlist, from 1
 * @param segments how many of the oldest segments
 * @param removedDateRanges the ids of date ranges that were removed of late; empty when the
 *     attribute is not written
 */
public record Skip(int line, long segments, Optional<List<String>> removedDateRanges) {}
