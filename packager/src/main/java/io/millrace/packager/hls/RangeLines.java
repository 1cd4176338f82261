package io.millrace.packager.hls;

import io.millrace.packager.presentation.CueLines;
import io.millrace.packager.presentation.GrowingText;
import io.millrace.packager.presentation.Rendition;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The EXT-X-DATERANGE tags of one playlist while it is written from top to bottom: each comes where
 * the playlist ended when it was appended (RFC 8216bis 6.2.1); where that was among parts that are
 * not listed any more, before their segment.
 */
final class RangeLines {
  /** Behind how many parts nothing more of a segment is a part. */
  static final int ALL_PARTS = Integer.MAX_VALUE;

  static final RangeLines NONE = new RangeLines(List.of());

  private final List<CueLines.Tag> tags;
  private int next;

  /**
   * @param tags in the order of their places
   */
  RangeLines(List<CueLines.Tag> tags) {
    this.tags = tags;
  }

  /** The lines that never change, with the tags that stand among them. */
  void among(Buffer out, Rendition rendition) {
    GrowingText.Span lines = rendition.lines();
    int recent = rendition.recentFrom();
    long until = rendition.nextMsn() - (rendition.held().size() - recent);
    int count = 0;
    while (count < tags.size() && tags.get(count).msn() <= until) {
      count++;
    }
    int[] places = new int[count];
    int end = lines.length();
    for (int i = count - 1; i >= 0; i--) {
      end = i < count - 1 && isBeside(i) ? end : placeOf(rendition, tags.get(i).msn(), end);
      places[i] = end;
    }
    int done = 0;
    for (int i = 0; i < count; i++) {
      lines.appendTo(out, done, places[i]);
      out.appendString(tags.get(i).text());
      done = places[i];
    }
    lines.appendTo(out, done, lines.length());
    next = count;
  }

  private boolean isBeside(int index) {
    return tags.get(index).msn() == tags.get(index + 1).msn();
  }

  /** Behind the address of the segment before. */
  private static int placeOf(Rendition rendition, long msn, int before) {
    return msn <= rendition.mediaSequence()
        ? 0
        : rendition
            .segment(msn - 1)
            .map(segment -> segment.name().getBytes(StandardCharsets.UTF_8))
            .map(name -> rendition.lines().endOfLine(name, before))
            .orElse(0);
  }

  /** Those that stand before a segment, or before what follows so many of its parts. */
  void before(StringBuilder out, long msn, int parts) {
    while (next < tags.size() && tags.get(next).isBefore(msn, parts)) {
      out.append(tags.get(next).text());
      next++;
    }
  }

  /** All that have not come. */
  void rest(StringBuilder out) {
    while (next < tags.size()) {
      out.append(tags.get(next).text());
      next++;
    }
  }
}
