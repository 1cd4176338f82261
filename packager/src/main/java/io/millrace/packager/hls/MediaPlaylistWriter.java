package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes the media playlist of a rendition (RFC 8216bis 4.4.3, 4.4.4). */
public final class MediaPlaylistWriter {
  private static final int VERSION = 6;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private MediaPlaylistWriter() {}

  /** The playlist of a rendition that has at least one segment. */
  public static String write(Presentation presentation, Rendition rendition) {
    StringBuilder out = new StringBuilder(256 + 120 * rendition.segments().size());
    out.append("#EXTM3U\n#EXT-X-VERSION:").append(VERSION);
    out.append("\n#EXT-X-TARGETDURATION:").append(presentation.targetSeconds());
    out.append("\n#EXT-X-MEDIA-SEQUENCE:").append(rendition.mediaSequence());
    out.append("\n#EXT-X-DISCONTINUITY-SEQUENCE:").append(rendition.discontinuitySequence());
    out.append('\n');
    String header = "";
    for (Segment segment : rendition.segments()) {
      if (segment.discontinuity()) {
        out.append("#EXT-X-DISCONTINUITY\n");
      }
      if (!segment.init().equals(header)) {
        header = segment.init();
        out.append("#EXT-X-MAP:URI=\"").append(header).append("\"\n");
      }
      out.append("#EXT-X-PROGRAM-DATE-TIME:").append(DATE.format(segment.programDateTime()));
      out.append('\n');
      if (segment.gap()) {
        out.append("#EXT-X-GAP\n");
      }
      out.append("#EXTINF:").append(String.format(Locale.ROOT, "%.6f", segment.seconds()));
      out.append(",\n").append(segment.name()).append('\n');
    }
    if (presentation.ended()) {
      out.append("#EXT-X-ENDLIST\n");
    }
    return out.toString();
  }
}
