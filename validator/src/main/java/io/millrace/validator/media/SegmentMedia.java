package io.millrace.validator.media;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one segment holds.
 *
 * @param tracks those with samples
 * @param announced the ids of all tracks that it says it has, also of those that are silent in it
 * @param flaws what is wrong with the file by itself
 */
public record SegmentMedia(List<TrackMedia> tracks, Set<Long> announced, List<Flaw> flaws) {
  public SegmentMedia {
    tracks = tracks.stream().filter(track -> !track.samples().isEmpty()).toList();
    announced = Set.copyOf(announced);
    flaws = List.copyOf(flaws);
  }

  /** A segment that announces the tracks that it holds. */
  public SegmentMedia(Collection<TrackMedia> tracks, List<Flaw> flaws) {
    this(
        List.copyOf(tracks),
        tracks.stream().map(TrackMedia::id).collect(Collectors.toUnmodifiableSet()),
        flaws);
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
