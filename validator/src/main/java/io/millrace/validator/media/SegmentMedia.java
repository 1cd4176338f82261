package io.millrace.validator.media;

import java.util.List;
import java.util.Optional;

/**
 * What one segment holds.
 *
 * @param tracks those with samples
 * @param flaws what is wrong with the file by itself
 */
public record SegmentMedia(List<TrackMedia> tracks, List<Flaw> flaws) {
  public SegmentMedia {
    tracks = tracks.stream().filter(track -> !track.samples().isEmpty()).toList();
    flaws = List.copyOf(flaws);
  }

  /** The track that a playlist's durations follow: pictures if there are any, else sound. */
  public Optional<TrackMedia> leading() {
    Optional<TrackMedia> video = first(TrackFormat.Kind.VIDEO);
    return video.isPresent() ? video : first(TrackFormat.Kind.AUDIO);
  }

  private Optional<TrackMedia> first(TrackFormat.Kind kind) {
    return tracks.stream().filter(track -> track.format().kind() == kind).findFirst();
  }
}
