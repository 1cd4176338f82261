package io.millrace.packager.thumbnails;

import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.util.List;

/**
 * One picture of a timeline.
 *
 * @param fromNanos since the timeline's zero
 * @param toNanos likewise
 * @param keyFrames of the same moment, the cheapest to decode first; at least one
 */
record Thumbnail(long fromNanos, long toNanos, List<KeyFrame> keyFrames) {
  /** The picture that a segment starts with. */
  record KeyFrame(Rendition rendition, Segment segment) {}

  Thumbnail {
    keyFrames = List.copyOf(keyFrames);
  }
}
