package io.millrace.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A broadcast that is on air.
 *
 * @param broadcast its id
 * @param viewers how many watch now, on the edges that this node knows of
 * @param width of the best rendition, in pixels; 0 while unknown or without video
 * @param height likewise
 * @param codecs as RFC 6381 names them; empty while unknown
 * @param playlist the path of its HLS playlist ({@code /play/live/demo/index.m3u8})
 * @param still the path of a recent picture, where there is one
 */
public record LiveEntry(
    String app,
    String stream,
    String broadcast,
    State state,
    Instant startedAt,
    int viewers,
    int width,
    int height,
    List<String> codecs,
    String playlist,
    Optional<String> still) {
  public LiveEntry {
    codecs = List.copyOf(codecs);
  }

  /** How the broadcast is doing. */
  public enum State {
    /** Its publisher is there, but nothing can be played yet. */
    STARTING,
    LIVE,
    /** Its publisher is gone, and may come back within the grace. */
    INTERRUPTED
  }
}
