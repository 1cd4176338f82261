package io.millrace.packager.presentation;

import io.millrace.packager.hls.MediaPlaylistWriter;
import io.millrace.packager.state.BroadcastState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Renditions of given segments, with their text written. */
public final class TestRenditions {
  private TestRenditions() {}

  /** All segments are listed; each new header is named. */
  public static Rendition of(
      RenditionInfo info, long discontinuitySequence, List<Segment> segments, BitRate rate) {
    return of(info, discontinuitySequence, segments, 0, rate);
  }

  /**
   * The same with segments that have left the playlist and are still served.
   *
   * @param listedFrom index of the first that is listed
   */
  public static Rendition of(
      RenditionInfo info,
      long discontinuitySequence,
      List<Segment> held,
      int listedFrom,
      BitRate rate) {
    List<Segment> segments = held.subList(listedFrom, held.size());
    GrowingText lines = new GrowingText();
    GrowingText items = new GrowingText();
    Map<String, RenditionInfo> formats = new HashMap<>();
    String header = "";
    for (Segment segment : segments) {
      lines.append(
          MediaPlaylistWriter.lines(
              segment, segment.discontinuity() || !segment.init().equals(header)));
      items.append(BroadcastState.item(segment));
      header = segment.init();
      formats.put(header, info);
    }
    return new Rendition(
        info,
        formats,
        discontinuitySequence,
        held.getLast().msn() + 1,
        held,
        listedFrom,
        held.size(),
        lines.span(),
        items.span(),
        true,
        Map.of(),
        rate,
        Optional.empty(),
        false,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }
}
