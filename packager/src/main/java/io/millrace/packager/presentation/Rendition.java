package io.millrace.packager.presentation;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rendition at one moment.
 *
 * @param info what its newest segments are
 * @param formats what the segments in the playlist are, by the names of their headers
 * @param discontinuitySequence discontinuities that have left the playlist
 * @param nextMsn of the segment that comes next
 * @param held segments that are served, in order without holes in the numbers
 * @param listedFrom index of the first of them that the playlist lists; those before it have left
 *     it
 * @param recentFrom index of the first of them whose parts are listed, so that its lines change;
 *     behind the last one where there are no parts
 * @param lines the playlist's lines of the listed segments before that one
 * @param items what {@code state.json} says of the listed segments
 * @param namesHeader whether they start with a segment that names its header
 * @param headers init segments in use, by name
 * @param still a header and one key frame: the newest picture
 * @param away whether its track has been away for so long, while others go on, that a player which
 *     starts now should not wait for it
 * @param partial the segment that comes next, part by part; empty where there are no parts
 * @param playlist the media playlist; empty while there is no segment
 * @param delta the same without what a player knows that has read it lately (RFC 8216bis 6.2.5.1)
 * @param deltaOfRanges the same, also without the date ranges that such a player knows
 */
public record Rendition(
    RenditionInfo info,
    Map<String, RenditionInfo> formats,
    long discontinuitySequence,
    long nextMsn,
    List<Segment> held,
    int listedFrom,
    int recentFrom,
    GrowingText.Span lines,
    GrowingText.Span items,
    boolean namesHeader,
    Map<String, Buffer> headers,
    BitRate bitRate,
    Optional<Still> still,
    boolean away,
    Optional<PartialSegment> partial,
    Document playlist,
    Document delta,
    Document deltaOfRanges) {
  /**
   * In target durations: a playlist never gets shorter by removal (RFC 8216bis 6.2.2), and players
   * keep so far from its end (4.4.3.8).
   */
  public static final int LEAST_TARGETS = 3;

  /** Apple's authoring rules 8.11: at least so many segments are in a live playlist. */
  public static final int LEAST_SEGMENTS = 6;

  public Rendition {
    formats = Map.copyOf(formats);
    held = List.copyOf(held);
    headers = Map.copyOf(headers);
  }

  /**
   * One of a recording, without its segments.
   *
   * @param described what all of its segments are, by the names of their headers
   */
  public static Rendition recorded(
      RenditionInfo info, Map<String, RenditionInfo> described, long nextMsn, BitRate rate) {
    return new Rendition(
        info,
        described,
        0,
        nextMsn,
        List.of(),
        0,
        0,
        GrowingText.Span.EMPTY,
        GrowingText.Span.EMPTY,
        false,
        Map.of(),
        rate,
        Optional.empty(),
        false,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  public String name() {
    return info.name();
  }

  /** What the playlist lists. */
  public List<Segment> segments() {
    return held.subList(listedFrom, held.size());
  }

  /** Whether the playlist lists nothing. */
  public boolean isEmpty() {
    return listedFrom == held.size();
  }

  /** Whether the playlist lists anything but gaps. */
  public boolean hasMedia() {
    for (int i = held.size() - 1; i >= listedFrom; i--) {
      if (!held.get(i).gap()) {
        return true;
      }
    }
    return false;
  }

  /** Whether its segments need headers: in MPEG-TS they do not. */
  public boolean hasHeaders() {
    return !isEmpty() && held.getLast().hasInit();
  }

  /** The number of the first listed segment. */
  public long mediaSequence() {
    return isEmpty() ? nextMsn : held.get(listedFrom).msn();
  }

  /** A held segment by its number. */
  public Optional<Segment> segment(long msn) {
    long index = held.isEmpty() ? -1 : msn - held.get(0).msn();
    return index < 0 || index >= held.size()
        ? Optional.empty()
        : Optional.of(held.get((int) index));
  }

  /** Whether a segment names its header, which is not that of the one before it. */
  public boolean namesHeader(int index) {
    Segment segment = held.get(index);
    return index == listedFrom
        ? namesHeader
        : segment.hasInit()
            && (segment.discontinuity() || !segment.init().equals(held.get(index - 1).init()));
  }

  /** A held segment by its number and file name. */
  public Optional<Segment> segment(long msn, String file) {
    return segment(msn).filter(segment -> segment.name().equals(file));
  }

  /** As it was stored, with what the store has of it. */
  public Rendition with(List<Segment> segments, Map<String, Buffer> stored) {
    return new Rendition(
        info,
        formats,
        discontinuitySequence,
        nextMsn,
        segments,
        0,
        segments.size(),
        GrowingText.Span.EMPTY,
        GrowingText.Span.EMPTY,
        false,
        stored,
        bitRate,
        still,
        away,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  /**
   * The same, whose playlist begins with a later segment; itself where that is the first one, or is
   * not listed (any more). Without playlists.
   */
  public Rendition listedFrom(long msn) {
    int index = Math.clamp(listedFrom + msn - mediaSequence(), listedFrom, recentFrom);
    if (index == listedFrom) {
      return this;
    }
    byte[] before = held.get(index - 1).name().getBytes(StandardCharsets.UTF_8);
    long left = held.subList(listedFrom, index).stream().filter(Segment::discontinuity).count();
    return new Rendition(
        info,
        formats,
        discontinuitySequence + left,
        nextMsn,
        held,
        index,
        recentFrom,
        lines.behind(lines.endOfLine(before, lines.length())),
        items,
        index < held.size() && namesHeader(index),
        headers,
        bitRate,
        still,
        away,
        partial,
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  /**
   * The same, whose playlist begins earlier. Without playlists.
   *
   * @param earlier segments up to the first listed one, without holes in the numbers; at least one
   * @param allLines the playlist's lines of these and of the listed ones, where they are needed
   */
  public Rendition behind(List<Segment> earlier, GrowingText.Span allLines) {
    List<Segment> all = new ArrayList<>(earlier.size() + held.size() - listedFrom);
    all.addAll(earlier);
    all.addAll(segments());
    return new Rendition(
        info,
        formats,
        discontinuitySequence - earlier.stream().filter(Segment::discontinuity).count(),
        nextMsn,
        all,
        0,
        earlier.size() + recentFrom - listedFrom,
        allLines,
        GrowingText.Span.EMPTY,
        earlier.getFirst().hasInit(),
        headers,
        bitRate,
        still,
        away,
        partial,
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  /**
   * The same as of a recording.
   *
   * @param described what all of its segments are, by the names of their headers
   * @param segments all of them, or none where they are elsewhere
   * @param discontinuities how many the broadcast had before the first
   */
  public Rendition recorded(
      Map<String, RenditionInfo> described, List<Segment> segments, long discontinuities) {
    return new Rendition(
        info,
        described,
        discontinuities,
        nextMsn,
        segments,
        0,
        segments.size(),
        GrowingText.Span.EMPTY,
        GrowingText.Span.EMPTY,
        false,
        Map.of(),
        bitRate,
        Optional.empty(),
        false,
        Optional.empty(),
        Document.EMPTY,
        Document.EMPTY,
        Document.EMPTY);
  }

  /** The same with its next segment, and with headers that this one needs; without playlists. */
  public Rendition with(PartialSegment next, Map<String, Buffer> allHeaders) {
    return with(Optional.of(next), allHeaders, Document.EMPTY, Document.EMPTY, Document.EMPTY);
  }

  Rendition with(Document newPlaylist, Document newDelta, Document newDeltaOfRanges) {
    return with(partial, headers, newPlaylist, newDelta, newDeltaOfRanges);
  }

  private Rendition with(
      Optional<PartialSegment> newPartial,
      Map<String, Buffer> newHeaders,
      Document newPlaylist,
      Document newDelta,
      Document newDeltaOfRanges) {
    return new Rendition(
        info,
        formats,
        discontinuitySequence,
        nextMsn,
        held,
        listedFrom,
        recentFrom,
        lines,
        items,
        namesHeader,
        newHeaders,
        bitRate,
        still,
        away,
        newPartial,
        newPlaylist,
        newDelta,
        newDeltaOfRanges);
  }
}
