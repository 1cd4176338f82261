package io.millrace.packager;

import io.millrace.media.StreamKey;
import io.millrace.media.TrackLabels;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that is to be an asset.
 *
 * @param stream as which it is listed; it need not have been on air
 * @param title its own; empty where it is the stream's
 * @param file on this machine
 * @param ladder words of rungs beside the source; empty: those of the node's streams
 * @param labels what its tracks are to viewers, where the file does not say it, or not right
 */
public record ImportRequest(
    String tenant,
    StreamKey stream,
    String title,
    Path file,
    List<String> ladder,
    TrackLabels labels) {
  public ImportRequest {
    ladder = List.copyOf(ladder);
  }
}
