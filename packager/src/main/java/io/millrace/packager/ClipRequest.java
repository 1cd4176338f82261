package io.millrace.packager;

import io.millrace.media.BroadcastId;
import java.util.Optional;

/**
 * Wish for a clip.
 *
 * @param of the asset, or the broadcast that is on air
 * @param from where it begins; empty for the beginning of what there is
 * @param to where it ends; empty for the end of what there is
 * @param title its own; empty for that of the stream
 */
public record ClipRequest(
    BroadcastId of, Optional<ClipMoment> from, Optional<ClipMoment> to, String title) {}
