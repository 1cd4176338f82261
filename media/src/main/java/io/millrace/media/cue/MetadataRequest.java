package io.millrace.media.cue;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Timed metadata that is asked for.
 *
 * @param id 32 bits, which no other one of the broadcast has; empty for any
 * @param time {@link CueTime.NextCut} for the media that comes next
 * @param duration how long it holds; empty when that is not known
 */
public record MetadataRequest(
    OptionalLong id, CueTime time, Optional<Duration> duration, TimedMetadata.Content content) {}
