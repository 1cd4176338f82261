package io.millrace.packager.hls;

import io.millrace.packager.presentation.CueLines;
import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import io.millrace.packager.presentation.Segment;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Writes the media playlist of a rendition (RFC 8216bis 4.4.3, 4.4.4). What it says of a segment
 * whose parts are not listed (any more) never changes while the segment is listed, so those lines
 * are written once; a version of the playlist is its head, these lines, and what is near its end.
 */
public final class MediaPlaylistWriter {
  /** The attribute of EXT-X-SKIP that names date ranges asks for it. */
  private static final int WITH_RANGE_DELTAS = 10;

  /** EXT-X-SKIP asks for 9, EXT-X-MAP outside of I-frame playlists for 6, decimals for 3. */
  private static final int WITH_DELTAS = 9;

  private static final String MEDIA_SEQUENCE = "#EXT-X-MEDIA-SEQUENCE:";
  private static final int WITH_MAP = 6;
  private static final int WITHOUT_MAP = 3;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private MediaPlaylistWriter() {}

  /** The playlist of a rendition that has at least one segment; its lines have been written. */
  public static Buffer write(Presentation presentation, Rendition rendition) {
    return write(presentation, rendition, "");
  }

  /** The same of a recording, which never changes (RFC 8216bis 4.4.3.5). */
  public static Buffer writeRecorded(Presentation presentation, Rendition rendition) {
    return write(presentation, rendition, "#EXT-X-PLAYLIST-TYPE:VOD\n");
  }

  /**
   * A playlist that tells players where to start (RFC 8216bis 4.4.2.2).
   *
   * @param offset from its beginning
   */
  public static Buffer startingAt(Buffer playlist, Duration offset) {
    StringBuilder start = new StringBuilder("#EXT-X-START:TIME-OFFSET=");
    Decimals.append(start, offset.toNanos() / 1e9);
    start.append(",PRECISE=YES\n").append(MEDIA_SEQUENCE);
    String text = playlist.toString(StandardCharsets.UTF_8);
    int place = text.indexOf(MEDIA_SEQUENCE);
    return Buffer.buffer(
        text.substring(0, place) + start + text.substring(place + MEDIA_SEQUENCE.length()));
  }

  private static Buffer write(Presentation presentation, Rendition rendition, String type) {
    StringBuilder head = head(presentation, rendition).append(type);
    Segment first = rendition.segments().getFirst();
    if (first.hasInit() && !rendition.namesHeader()) {
      map(head, first.init());
    }
    RangeLines ranges = new RangeLines(presentation.cues().tags());
    Buffer out = Buffer.buffer(head.length() + rendition.lines().length() + 2048);
    out.appendString(head.toString());
    ranges.among(out, rendition);
    StringBuilder end = new StringBuilder(2048);
    appendFrom(end, rendition, rendition.recentFrom(), ranges);
    behindSegments(end, presentation, rendition, ranges);
    return out.appendString(end.toString());
  }

  /**
   * The same without the segments that are further from its end than the skip boundary; the first
   * one behind them names its header (HLS L22). The whole playlist where there are none, and of a
   * broadcast without delta updates or behind its end (HLS L20, L21).
   */
  public static Buffer writeDelta(Presentation presentation, Rendition rendition) {
    int skipped = skipped(presentation, rendition);
    if (skipped == 0) {
      return write(presentation, rendition);
    }
    StringBuilder out = head(presentation, rendition);
    out.append("#EXT-X-SKIP:SKIPPED-SEGMENTS=").append(skipped).append('\n');
    return behindSkip(out, presentation, rendition, skipped, presentation.cues().tags());
  }

  /**
   * The same, also without date ranges that have been listed for as long as the skip boundary (HLS
   * L21).
   */
  public static Buffer writeDeltaOfRanges(Presentation presentation, Rendition rendition) {
    int skipped = skipped(presentation, rendition);
    if (skipped == 0) {
      return write(presentation, rendition);
    }
    StringBuilder out = head(presentation, rendition, WITH_RANGE_DELTAS);
    out.append("#EXT-X-SKIP:SKIPPED-SEGMENTS=").append(skipped);
    out.append(',').append(presentation.cues().recentlyRemoved()).append('\n');
    List<CueLines.Tag> recent =
        presentation.cues().tags().stream().filter(CueLines.Tag::recent).toList();
    return behindSkip(out, presentation, rendition, skipped, recent);
  }

  private static Buffer behindSkip(
      StringBuilder out,
      Presentation presentation,
      Rendition rendition,
      int skipped,
      List<CueLines.Tag> tags) {
    RangeLines ranges = new RangeLines(tags);
    int from = rendition.listedFrom() + skipped;
    Segment first = rendition.held().get(from);
    if (first.hasInit() && !rendition.namesHeader(from)) {
      map(out, first.init());
    }
    appendFrom(out, rendition, from, ranges);
    behindSegments(out, presentation, rendition, ranges);
    return Buffer.buffer(out.toString());
  }

  /** How many segments end before the skip boundary; parts behind the last one do not count. */
  static int skipped(Presentation presentation, Rendition rendition) {
    if (presentation.partTarget().isEmpty() || presentation.ended()) {
      return 0;
    }
    long left = LowLatency.skipBoundary(presentation.targetSeconds()).toNanos();
    List<Segment> segments = rendition.segments();
    int first = segments.size();
    while (first > 0 && left > 0) {
      first--;
      left -= segments.get(first).durationNanos();
    }
    return first;
  }

  private static StringBuilder head(Presentation presentation, Rendition rendition) {
    boolean hasInit = rendition.segments().getFirst().hasInit();
    return head(
        presentation,
        rendition,
        presentation.partTarget().isPresent() ? WITH_DELTAS : hasInit ? WITH_MAP : WITHOUT_MAP);
  }

  private static StringBuilder head(Presentation presentation, Rendition rendition, int version) {
    return head(presentation, rendition, version, rendition.info().isText());
  }

  /**
   * @param whole whether it lists whole segments only
   */
  static StringBuilder head(
      Presentation presentation, Rendition rendition, int version, boolean whole) {
    StringBuilder head = new StringBuilder(384);
    head.append("#EXTM3U\n#EXT-X-VERSION:").append(version);
    head.append("\n#EXT-X-TARGETDURATION:").append(presentation.targetSeconds()).append('\n');
    LowLatency.head(head, presentation, whole);
    head.append(MEDIA_SEQUENCE).append(rendition.mediaSequence());
    head.append("\n#EXT-X-DISCONTINUITY-SEQUENCE:").append(rendition.discontinuitySequence());
    return head.append('\n');
  }

  /** Held segments from an index on, those that are recent with their parts. */
  private static void appendFrom(
      StringBuilder out, Rendition rendition, int from, RangeLines ranges) {
    for (int i = from; i < rendition.held().size(); i++) {
      Segment segment = rendition.held().get(i);
      boolean listsParts = i >= rendition.recentFrom();
      ranges.before(out, segment.msn(), listsParts ? 0 : RangeLines.ALL_PARTS);
      append(out, segment, rendition.namesHeader(i), listsParts, ranges);
    }
  }

  private static void behindSegments(
      StringBuilder out, Presentation presentation, Rendition rendition, RangeLines ranges) {
    ranges.before(out, rendition.nextMsn(), 0);
    PartLines.behindSegments(out, presentation, rendition, ranges);
    ranges.rest(out);
    if (presentation.ended()) {
      out.append("#EXT-X-ENDLIST\n");
    }
  }

  /**
   * What a playlist says of one segment whose parts are not listed.
   *
   * @param namesHeader whether the header that it needs is not that of the segment before it
   */
  public static byte[] lines(Segment segment, boolean namesHeader) {
    StringBuilder out = new StringBuilder(192);
    append(out, segment, namesHeader, false, RangeLines.NONE);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(
      StringBuilder out,
      Segment segment,
      boolean namesHeader,
      boolean listsParts,
      RangeLines ranges) {
    before(
        out,
        segment.discontinuity(),
        namesHeader ? segment.init() : Segment.NO_INIT,
        segment.programDateTime());
    if (listsParts) {
      PartLines.of(out, segment, ranges);
    }
    out.append(segment.gap() ? "#EXT-X-GAP\n" : "");
    ranges.before(out, segment.msn(), RangeLines.ALL_PARTS);
    out.append("#EXTINF:");
    Decimals.append(out, segment.seconds());
    out.append(",\n").append(segment.name()).append('\n');
  }

  /**
   * What comes before a segment and its parts (HLS L8).
   *
   * @param init the header that is named; {@link Segment#NO_INIT} when none is
   */
  static void before(StringBuilder out, boolean discontinuity, String init, Instant date) {
    if (discontinuity) {
      out.append("#EXT-X-DISCONTINUITY\n");
    }
    if (!init.equals(Segment.NO_INIT)) {
      map(out, init);
    }
    out.append("#EXT-X-PROGRAM-DATE-TIME:").append(DATE.format(date)).append('\n');
  }

  static void map(StringBuilder out, String init) {
    out.append("#EXT-X-MAP:URI=\"").append(init).append("\"\n");
  }
}
