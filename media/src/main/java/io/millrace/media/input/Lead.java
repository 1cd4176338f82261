package io.millrace.media.input;

import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The track whose key frames decide where one input can go on from another. */
public final class Lead {
  private Lead() {}

  /** The picture, or the first sound where there is none; null without tracks. */
  public static @Nullable TrackId of(List<Track> tracks) {
    for (Track track : tracks) {
      if (track.isVideo()) {
        return track.id();
      }
    }
    return tracks.isEmpty() ? null : tracks.getFirst().id();
  }

  static @Nullable Track track(List<Track> tracks, @Nullable TrackId id) {
    for (Track track : tracks) {
      if (track.id().equals(id)) {
        return track;
      }
    }
    return null;
  }
}
