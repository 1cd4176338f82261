package io.millrace.packager.live;

import io.millrace.packager.cue.RecordedCues;
import io.millrace.packager.presentation.Presentation;

/**
 * A recording as it was read from the store.
 *
 * @param presentation with all of its segments
 * @param cues what it says of cue points
 */
public record RecordedBroadcast(Presentation presentation, RecordedCues cues) {}
