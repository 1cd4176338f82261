package io.millrace.packager.export;

import io.millrace.packager.presentation.Segment;
import java.util.List;

/**
 * One rendition as a track of a file.
 *
 * @param rendition its name
 * @param init the name of its header
 * @param segments those with media, in order
 */
record ExportTrack(String rendition, String init, List<Segment> segments) {
  ExportTrack {
    segments = List.copyOf(segments);
  }
}
