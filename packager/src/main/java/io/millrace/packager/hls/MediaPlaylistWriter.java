package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes the media playlist of a rendition (RFC 8216bis 4.4.3, 4.4.4). What it says of a segment
 * never changes while the segment is listed, so those lines are written once; a version of the
 * playlist is its head and the lines of what it lists.
 */
public final class MediaPlaylistWriter {
  /** EXT-X-MAP outside of I-frame playlists asks for 6, decimals in EXTINF for 3. */
  private static final int WITH_MAP = 6;

  private static final int WITHOUT_MAP = 3;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private MediaPlaylistWriter() {}

  /** The playlist of a rendition that has at least one segment; its lines have been written. */
  public static Buffer write(Presentation presentation, Rendition rendition) {
    Segment first = rendition.segments().getFirst();
    StringBuilder head = new StringBuilder(256);
    head.append("#EXTM3U\n#EXT-X-VERSION:").append(first.hasInit() ? WITH_MAP : WITHOUT_MAP);
    head.append("\n#EXT-X-TARGETDURATION:").append(presentation.targetSeconds());
    head.append("\n#EXT-X-MEDIA-SEQUENCE:").append(rendition.mediaSequence());
    head.append("\n#EXT-X-DISCONTINUITY-SEQUENCE:").append(rendition.discontinuitySequence());
    head.append('\n');
    if (first.hasInit() && !rendition.namesHeader()) {
      map(head, first);
    }
    Buffer out = Buffer.buffer(head.length() + rendition.lines().length() + 16);
    out.appendString(head.toString());
    rendition.lines().appendTo(out);
    if (presentation.ended()) {
      out.appendString("#EXT-X-ENDLIST\n");
    }
    return out;
  }

  /**
   * What a playlist says of one segment.
   *
   * @param namesHeader whether the header that it needs is not that of the segment before it
   */
  public static byte[] lines(Segment segment, boolean namesHeader) {
    StringBuilder out = new StringBuilder(192);
    if (segment.discontinuity()) {
      out.append("#EXT-X-DISCONTINUITY\n");
    }
    if (namesHeader) {
      map(out, segment);
    }
    out.append("#EXT-X-PROGRAM-DATE-TIME:").append(DATE.format(segment.programDateTime()));
    out.append('\n');
    if (segment.gap()) {
      out.append("#EXT-X-GAP\n");
    }
    out.append("#EXTINF:");
    seconds(out, segment);
    out.append(",\n").append(segment.name()).append('\n');
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** With six decimals, rounded; without the formatter, which costs more than all the rest. */
  private static void seconds(StringBuilder out, Segment segment) {
    long micros = Math.round(segment.seconds() * 1e6);
    out.append(micros / 1_000_000).append('.');
    String decimals = Long.toString(1_000_000 + micros % 1_000_000);
    out.append(decimals, 1, decimals.length());
  }

  private static void map(StringBuilder out, Segment segment) {
    out.append("#EXT-X-MAP:URI=\"").append(segment.init()).append("\"\n");
  }
}
