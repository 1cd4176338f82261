package io.millrace.packager.segment;

import io.millrace.media.Track;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each track its line: the first picture {@code video}, sound the line that its id had
 * before, or else the first one that is free.
 */
final class TrackPlaces {
  private static final String VIDEO = "video";
  private static final String AUDIO = "audio";

  private TrackPlaces() {}

  /**
   * The tracks by the names of their lines; a second picture has none.
   *
   * @param lines those that there have been so far
   */
  static Map<String, Track> of(List<Track> tracks, List<TrackLine> lines) {
    Map<String, Track> places = new LinkedHashMap<>();
    List<Track> newcomers = new ArrayList<>();
    for (Track track : tracks) {
      String known = track.isVideo() ? VIDEO : lineOf(track, lines);
      if (known.isEmpty() || places.containsKey(known)) {
        newcomers.add(track);
      } else {
        places.put(known, track);
      }
    }
    for (Track track : newcomers) {
      if (!track.isVideo()) {
        int number = 1;
        while (places.containsKey(RenditionInfo.name(AUDIO, number))) {
          number++;
        }
        places.put(RenditionInfo.name(AUDIO, number), track);
      }
    }
    return places;
  }

  private static String lineOf(Track track, List<TrackLine> lines) {
    for (TrackLine line : lines) {
      if (!line.isVideo() && line.track().id().equals(track.id())) {
        return line.name();
      }
    }
    return "";
  }
}
