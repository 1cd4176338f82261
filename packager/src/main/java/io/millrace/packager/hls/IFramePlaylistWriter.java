package io.millrace.packager.hls;

import io.millrace.packager.presentation.CueLines;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the I-frame playlist of a rendition with pictures (RFC 8216bis 4.4.3.6): of each segment
 * that its media playlist lists the picture that the segment starts with, as a byte range. So it
 * has that playlist's numbers, dates, headers and discontinuities, and an EXTINF is the time to the
 * next picture that is listed. A segment that is lost, or does not start with a key frame, is a gap
 * here. No parts, no date ranges, no reports.
 */
public final class IFramePlaylistWriter {
  /** EXT-X-MAP in an I-frame playlist asks for 5, EXT-X-I-FRAMES-ONLY for 4. */
  private static final int WITH_MAP = 5;

  private static final int WITHOUT_MAP = 4;

  /** EXT-X-SKIP asks for 9, and the version stays what it is; its attribute asks for 10. */
  private static final int WITH_DELTAS = 9;

  private static final int WITH_RANGE_DELTAS = 10;

  private static final String GAP = "#EXT-X-GAP\n";

  private IFramePlaylistWriter() {}

  /** The playlist of a rendition of pictures that has at least one segment. */
  public static Buffer write(Presentation presentation, Rendition rendition) {
    return write(presentation, rendition, "");
  }

  /** The same of a recording, which never changes (RFC 8216bis 4.4.3.5). */
  public static Buffer writeRecorded(Presentation presentation, Rendition rendition) {
    return write(presentation, rendition, "#EXT-X-PLAYLIST-TYPE:VOD\n");
  }

  private static Buffer write(Presentation presentation, Rendition rendition, String type) {
    StringBuilder out = head(presentation, rendition).append(type);
    Segment first = rendition.segments().getFirst();
    if (first.hasInit() && !rendition.namesHeader()) {
      MediaPlaylistWriter.map(out, first.init());
    }
    amongLines(out, rendition);
    appendFrom(out, rendition, rendition.recentFrom());
    return end(out, presentation);
  }

  /**
   * The same without the segments that are further from its end than the skip boundary; the whole
   * playlist where {@link MediaPlaylistWriter#writeDelta} is one.
   *
   * @param ofRanges whether it says that no date ranges are removed (HLS L21)
   */
  public static Buffer writeDelta(
      Presentation presentation, Rendition rendition, boolean ofRanges) {
    int skipped = MediaPlaylistWriter.skipped(presentation, rendition);
    if (skipped == 0) {
      return write(presentation, rendition);
    }
    StringBuilder out = head(presentation, rendition, ofRanges ? WITH_RANGE_DELTAS : WITH_DELTAS);
    out.append("#EXT-X-SKIP:SKIPPED-SEGMENTS=").append(skipped);
    out.append(ofRanges ? "," + CueLines.NONE.recentlyRemoved() + "\n" : "\n");
    int from = rendition.listedFrom() + skipped;
    Segment first = rendition.held().get(from);
    if (first.hasInit() && !rendition.namesHeader(from)) {
      MediaPlaylistWriter.map(out, first.init());
    }
    appendFrom(out, rendition, from);
    return end(out, presentation);
  }

  private static StringBuilder head(Presentation presentation, Rendition rendition) {
    boolean hasInit = rendition.segments().getFirst().hasInit();
    int version =
        presentation.partTarget().isPresent() ? WITH_DELTAS : hasInit ? WITH_MAP : WITHOUT_MAP;
    return head(presentation, rendition, version);
  }

  private static StringBuilder head(Presentation presentation, Rendition rendition, int version) {
    return MediaPlaylistWriter.head(presentation, rendition, version, true)
        .append("#EXT-X-I-FRAMES-ONLY\n");
  }

  /** What the media playlist says of segments whose parts are not listed has been written once. */
  private static void amongLines(StringBuilder out, Rendition rendition) {
    Buffer written = Buffer.buffer(rendition.lines().length());
    rendition.lines().appendTo(written);
    String lines = written.toString(StandardCharsets.UTF_8);
    out.ensureCapacity(out.length() + lines.length() + lines.length() / 4);
    int done = 0;
    for (Segment segment :
        rendition.held().subList(rendition.listedFrom(), rendition.recentFrom())) {
      String address = segment.name() + "\n";
      int place = lines.indexOf("\n" + address, done) + 1;
      out.append(lines, done, place);
      range(out, segment);
      out.append(address);
      done = place + address.length();
    }
  }

  /** Held segments from an index on. */
  private static void appendFrom(StringBuilder out, Rendition rendition, int from) {
    for (int i = from; i < rendition.held().size(); i++) {
      Segment segment = rendition.held().get(i);
      byte[] lines = MediaPlaylistWriter.lines(segment, rendition.namesHeader(i));
      String text = new String(lines, StandardCharsets.UTF_8);
      int place = text.length() - segment.name().length() - 1;
      out.append(text, 0, place);
      range(out, segment);
      out.append(text, place, text.length());
    }
  }

  private static void range(StringBuilder out, Segment segment) {
    if (segment.keyFrameBytes() > 0) {
      out.append("#EXT-X-BYTERANGE:").append(segment.keyFrameBytes()).append("@0\n");
    } else if (!segment.gap()) {
      out.append(GAP);
    }
  }

  private static Buffer end(StringBuilder out, Presentation presentation) {
    out.append(presentation.ended() ? "#EXT-X-ENDLIST\n" : "");
    return Buffer.buffer(out.toString());
  }
}
