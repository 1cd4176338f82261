package io.millrace.packager.cue;

import io.millrace.media.cue.TimedMetadata;
import io.millrace.packager.metadata.InbandEvents;
import java.util.List;

/**
 * What another writer has to know of a broadcast's cue points and timed metadata to go on with
 * them.
 *
 * @param points in the order of their numbers
 * @param gone ids that are not to be used again
 * @param tags of EXT-X-DATERANGE that are listed
 * @param removed what was listed lately
 * @param metadata what is to be told of moments to come
 * @param schemes of what there has been
 */
public record StoredCues(
    List<CuePoint> points,
    List<String> gone,
    List<DateRanges.Tag> tags,
    List<DateRanges.Removed> removed,
    List<TimedMetadata> metadata,
    List<InbandEvents> schemes) {
  /** Of a broadcast that has had none. */
  public static final StoredCues NONE =
      new StoredCues(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  public StoredCues {
    points = List.copyOf(points);
    gone = List.copyOf(gone);
    tags = List.copyOf(tags);
    removed = List.copyOf(removed);
    metadata = List.copyOf(metadata);
    schemes = List.copyOf(schemes);
  }

  /** Whether there is nothing to know. */
  public boolean isEmpty() {
    return equals(NONE);
  }
}
