package io.millrace.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What of a stream's packaging can be done here; filled by whoever knows the packager.
 *
 * @param ladderProblem what is wrong with the words of a ladder, for whoever wants it
 * @param importLadderProblem the same of one for a file, which need not name the source
 * @param languagesProblem what is wrong with the languages of tracks
 */
public record PackagingLimits(
    Function<List<String>, Optional<String>> ladderProblem,
    Function<List<String>, Optional<String>> importLadderProblem,
    Function<Map<String, TrackNaming>, Optional<String>> languagesProblem,
    Duration shortestWindow,
    Duration longestWindow) {}
