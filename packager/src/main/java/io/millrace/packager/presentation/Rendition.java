package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rendition at one moment.
 *
 * @param discontinuitySequence discontinuities that have left the playlist
 * @param nextMsn of the segment that comes next
 * @param segments what the playlist lists, in order without holes in the numbers
 * @param retired no longer listed but still to be served
 * @param headers init segments in use, by name
 * @param still a header and one key frame: the newest picture
 * @param playlist the media playlist; empty while there is no segment
 */
public record Rendition(
    RenditionInfo info,
    long discontinuitySequence,
    long nextMsn,
    List<Segment> segments,
    List<Segment> retired,
    Map<String, Buffer> headers,
    BitRate bitRate,
    Optional<Buffer> still,
    Document playlist) {
  public Rendition {
    segments = List.copyOf(segments);
    retired = List.copyOf(retired);
    headers = Map.copyOf(headers);
  }

  public String name() {
    return info.name();
  }

  /** The number of the first listed segment. */
  public long mediaSequence() {
    return segments.isEmpty() ? nextMsn : segments.get(0).msn();
  }

  /** A listed or retired segment by its file name. */
  public Optional<Segment> segment(String file) {
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (segments.get(i).name().equals(file)) {
        return Optional.of(segments.get(i));
      }
    }
    return retired.stream().filter(segment -> segment.name().equals(file)).findFirst();
  }

  Rendition with(Document newPlaylist) {
    return new Rendition(
        info,
        discontinuitySequence,
        nextMsn,
        segments,
        retired,
        headers,
        bitRate,
        still,
        newPlaylist);
  }
}
