package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tags of media segments and of their parts (RFC 8216bis 4.4.4): keeps what belongs to
 * the next segment, and what stays in force until it is replaced.
 */
final class SegmentReader {
  private static final int MAX_SEGMENTS = 100_000;

  private final Consumer<MalformedPlaylistException> problems;
  private final List<Segment> segments = new ArrayList<>();

  // What belongs to the next segment.
  private @Nullable BigDecimal seconds;
  private @Nullable Instant date;
  private boolean discontinuity;
  private boolean gap;
  private String range = "";
  private String rangedUri = "";
  private long rangeEnd;
  private List<Part> parts = new ArrayList<>();
  private List<String> lateTags = new ArrayList<>();
  private int partLine;

  // What stays in force until it is replaced.
  private String initUri = "";
  private Optional<ByteRange> initRange = Optional.empty();
  private List<String> keys = new ArrayList<>();
  private boolean keysClosed;
  private Optional<Long> kilobits = Optional.empty();

  /**
   * @param problems told of what is malformed and can be read past
   */
  SegmentReader(Consumer<MalformedPlaylistException> problems) {
    this.problems = problems;
  }

  /** Takes a tag, if it is one of segments. */
  boolean takes(String name, String value, int line) {
    switch (name) {
      case "#EXTINF" -> seconds = TagValues.duration(value, line);
      case "#EXT-X-BYTERANGE" -> range = TagValues.range(value, line);
      case "#EXT-X-GAP" -> gap = true;
      case "#EXT-X-BITRATE" -> kilobits = Optional.of(TagValues.integer(value, line));
      case "#EXT-X-PART" -> parts.add(part(AttributeList.parse(value, line), line));
      case "#EXT-X-PROGRAM-DATE-TIME" -> date = beforeParts(name, TagValues.instant(value, line));
      case "#EXT-X-DISCONTINUITY" -> discontinuity = beforeParts(name, true);
      case "#EXT-X-MAP" -> map(beforeParts(name, AttributeList.parse(value, line)), line);
      case "#EXT-X-KEY" -> key(beforeParts(name, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The address that ends a segment. */
  void uri(String text, long sequence, int line) {
    keysClosed = true;
    if (seconds == null) {
      throw new MalformedPlaylistException(line, "an address without EXTINF: " + text);
    }
    if (segments.size() >= MAX_SEGMENTS) {
      throw new MalformedPlaylistException(line, "more than " + MAX_SEGMENTS + " segments");
    }
    Optional<ByteRange> ranged = byteRange(text, line);
    segments.add(
        new Segment(
            sequence,
            line,
            text,
            ranged,
            seconds,
            Optional.ofNullable(date),
            discontinuity,
            gap,
            initUri,
            initRange,
            keys,
            ranged.isPresent() ? Optional.empty() : kilobits,
            parts,
            lateTags));
    seconds = null;
    date = null;
    discontinuity = false;
    gap = false;
    parts = new ArrayList<>();
    lateTags = new ArrayList<>();
    partLine = 0;
  }

  List<Segment> segments() {
    return segments;
  }

  /** What was told so far of the segment after the last one. */
  OpenSegment open() {
    return new OpenSegment(
        partLine,
        Optional.ofNullable(date),
        discontinuity,
        initUri,
        initRange,
        keys,
        parts,
        lateTags);
  }

  /** Whether anything was told of a segment yet. */
  boolean hasBegun() {
    return !segments.isEmpty() || !parts.isEmpty() || discontinuity;
  }

  /** Whether a segment has a duration and no address. */
  boolean isUnfinished() {
    return seconds != null;
  }

  /** L8: what applies to a segment applies to its first part, so it comes before that. */
  private <T> T beforeParts(String name, T value) {
    if (!parts.isEmpty()) {
      lateTags.add(name.substring(1));
    }
    return value;
  }

  private void key(String value) {
    if (keysClosed) {
      keys = new ArrayList<>();
      keysClosed = false;
    }
    keys.add(value);
  }

  private void map(AttributeList attributes, int line) {
    initUri = TagValues.required(attributes, "URI", line);
    initRange =
        attributes
            .text("BYTERANGE")
            .map(value -> TagValues.lengthAtOffset(TagValues.range(value, line), 0));
  }

  private Part part(AttributeList attributes, int line) {
    String uri = TagValues.required(attributes, "URI", line);
    BigDecimal duration = TagValues.decimal(TagValues.required(attributes, "DURATION", line), line);
    Optional<ByteRange> sub =
        attributes
            .text("BYTERANGE")
            .map(value -> partRange(uri, TagValues.range(value, line), line));
    partLine = parts.isEmpty() ? line : partLine;
    return new Part(uri, sub, duration, attributes.yes("INDEPENDENT"), attributes.yes("GAP"));
  }

  /** The range of a part, which may go on where that of the part before it ended. */
  private ByteRange partRange(String uri, String value, int line) {
    Optional<Part> before = parts.isEmpty() ? Optional.empty() : Optional.of(parts.getLast());
    Optional<ByteRange> last = before.filter(part -> part.uri().equals(uri)).flatMap(Part::range);
    if (!value.contains("@") && last.isEmpty()) {
      problems.accept(
          new MalformedPlaylistException(line, "a part's byte range goes on after nothing"));
    }
    return TagValues.lengthAtOffset(value, last.map(end -> end.offset() + end.length()).orElse(0L));
  }

  /** The range of the next segment, which may go on where the one before it ended. */
  private Optional<ByteRange> byteRange(String uri, int line) {
    if (range.isEmpty()) {
      return Optional.empty();
    }
    if (!range.contains("@") && !uri.equals(rangedUri)) {
      problems.accept(
          new MalformedPlaylistException(line, "a byte range that goes on after nothing"));
    }
    ByteRange found = TagValues.lengthAtOffset(range, uri.equals(rangedUri) ? rangeEnd : 0);
    rangedUri = uri;
    rangeEnd = found.offset() + found.length();
    range = "";
    return Optional.of(found);
  }
}
