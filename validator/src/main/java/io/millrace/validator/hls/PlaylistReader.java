package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a playlist strictly (RFC 8216bis 4.1 to 4.4): whatever is malformed, doubled or in the
 * wrong place is an exception that names the line. One reader reads one body.
 */
public final class PlaylistReader {
  private static final int MAX_SEGMENTS = 100_000;
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,12}(\\.\\d{1,18})?");
  private static final Pattern INTEGER = Pattern.compile("\\d{1,18}");
  private static final Pattern SHORT_ZONE = Pattern.compile("([+-]\\d\\d)(\\d\\d)$");
  private static final Pattern RANGE = Pattern.compile("\\d{1,15}(@\\d{1,15})?");
  private static final Set<String> ONCE =
      Set.of(
          "#EXT-X-VERSION",
          "#EXT-X-TARGETDURATION",
          "#EXT-X-MEDIA-SEQUENCE",
          "#EXT-X-DISCONTINUITY-SEQUENCE",
          "#EXT-X-PLAYLIST-TYPE",
          "#EXT-X-INDEPENDENT-SEGMENTS",
          "#EXT-X-PART-INF",
          "#EXT-X-SERVER-CONTROL",
          "#EXT-X-ENDLIST");

  private final @Nullable Consumer<MalformedPlaylistException> problems;
  private final Set<String> seen = new HashSet<>();
  private final List<Segment> segments = new ArrayList<>();
  private final List<MultivariantPlaylist.Variant> variants = new ArrayList<>();
  private final List<AttributeList> renditions = new ArrayList<>();
  private final List<AttributeList> iFrames = new ArrayList<>();
  private final List<AttributeList> preloadHints = new ArrayList<>();
  private final List<String> otherTags = new ArrayList<>();
  private int line;
  private int version = 1;
  private @Nullable Long targetDuration;
  private @Nullable Long mediaSequence;
  private @Nullable Long discontinuitySequence;
  private @Nullable String type;
  private @Nullable BigDecimal partTarget;
  private @Nullable AttributeList serverControl;
  private boolean independent;
  private boolean iFramesOnly;
  private boolean ended;

  // What belongs to the next segment or variant.
  private @Nullable BigDecimal seconds;
  private @Nullable AttributeList streamInf;
  private @Nullable Instant date;
  private boolean discontinuity;
  private boolean gap;
  private String range = "";
  private String rangedUri = "";
  private long rangeEnd;
  private List<Part> parts = new ArrayList<>();

  // What stays in force until it is replaced.
  private String initUri = "";
  private Optional<ByteRange> initRange = Optional.empty();
  private List<String> keys = new ArrayList<>();
  private boolean keysClosed;

  private PlaylistReader(@Nullable Consumer<MalformedPlaylistException> problems) {
    this.problems = problems;
  }

  /**
   * Reads a body.
   *
   * @throws MalformedPlaylistException when it is no playlist
   */
  public static Playlist read(String body) {
    return new PlaylistReader(null).readAll(body);
  }

  /**
   * Reads a body as far as it can be understood: a line that is malformed is left out and told.
   *
   * @throws MalformedPlaylistException when it is no playlist at all
   */
  public static Playlist read(String body, Consumer<MalformedPlaylistException> problems) {
    return new PlaylistReader(problems).readAll(body);
  }

  /** Reads a body that must be a media playlist. */
  public static MediaPlaylist readMedia(String body) {
    if (read(body) instanceof MediaPlaylist media) {
      return media;
    }
    throw new MalformedPlaylistException(1, "a multivariant playlist, not a media playlist");
  }

  private Playlist readAll(String body) {
    List<String> lines = body.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals("#EXTM3U")) {
      throw new MalformedPlaylistException(1, "does not start with #EXTM3U");
    }
    for (line = 2; line <= lines.size(); line++) {
      try {
        line(lines.get(line - 1));
      } catch (MalformedPlaylistException e) {
        refuse(e);
      }
    }
    if (seconds != null || streamInf != null) {
      refuse(new MalformedPlaylistException(lines.size(), "the last tag has no address after it"));
    }
    return finish();
  }

  private void line(String text) {
    if (text.startsWith("#EXT")) {
      tag(text);
    } else if (!text.isBlank() && !text.startsWith("#")) {
      uri(text);
    }
  }

  private void refuse(MalformedPlaylistException problem) {
    if (problems == null) {
      throw problem;
    }
    problems.accept(problem);
  }

  private Playlist finish() {
    boolean multivariant = !variants.isEmpty() || !renditions.isEmpty() || !iFrames.isEmpty();
    if (multivariant) {
      if (targetDuration != null || !segments.isEmpty()) {
        refuse(new MalformedPlaylistException(line, "tags of both kinds of playlists"));
      }
      return new MultivariantPlaylist(version, independent, variants, renditions, iFrames);
    }
    if (targetDuration == null) {
      throw new MalformedPlaylistException(line, "no EXT-X-TARGETDURATION");
    }
    return new MediaPlaylist(
        version,
        targetDuration,
        Optional.ofNullable(mediaSequence),
        Optional.ofNullable(discontinuitySequence),
        Optional.ofNullable(type),
        independent,
        iFramesOnly,
        ended,
        Optional.ofNullable(partTarget),
        Optional.ofNullable(serverControl),
        segments,
        parts,
        preloadHints,
        otherTags);
  }

  private void tag(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    if (!seen.add(name) && ONCE.contains(name)) {
      throw new MalformedPlaylistException(line, name + " comes twice");
    }
    switch (name) {
      case "#EXT-X-VERSION" -> version = (int) Math.min(integer(value), Integer.MAX_VALUE);
      case "#EXT-X-TARGETDURATION" -> targetDuration = integer(value);
      case "#EXT-X-MEDIA-SEQUENCE" -> mediaSequence = beforeSegments(name, integer(value));
      case "#EXT-X-DISCONTINUITY-SEQUENCE" ->
          discontinuitySequence = beforeSegments(name, integer(value));
      case "#EXT-X-PLAYLIST-TYPE" -> type = value;
      case "#EXT-X-INDEPENDENT-SEGMENTS" -> independent = true;
      case "#EXT-X-I-FRAMES-ONLY" -> iFramesOnly = true;
      case "#EXT-X-I-FRAME-STREAM-INF" -> iFrames.add(attributes(value));
      case "#EXT-X-BYTERANGE" -> range = range(value);
      case "#EXT-X-ENDLIST" -> ended = true;
      case "#EXT-X-PART-INF" -> partTarget = required(attributes(value), "PART-TARGET");
      case "#EXT-X-SERVER-CONTROL" -> serverControl = attributes(value);
      case "#EXT-X-PRELOAD-HINT" -> preloadHints.add(attributes(value));
      case "#EXT-X-MEDIA" -> renditions.add(attributes(value));
      case "#EXT-X-STREAM-INF" -> streamInf = attributes(value);
      case "#EXTINF" -> seconds = duration(value);
      case "#EXT-X-PROGRAM-DATE-TIME" -> date = instant(value);
      case "#EXT-X-DISCONTINUITY" -> discontinuity = true;
      case "#EXT-X-GAP" -> gap = true;
      case "#EXT-X-MAP" -> map(attributes(value));
      case "#EXT-X-KEY" -> key(value);
      case "#EXT-X-PART" -> parts.add(part(attributes(value)));
      default -> otherTags.add(text);
    }
  }

  private void uri(String text) {
    keysClosed = true;
    if (streamInf != null) {
      variants.add(new MultivariantPlaylist.Variant(text, streamInf));
      streamInf = null;
      return;
    }
    if (seconds == null) {
      throw new MalformedPlaylistException(line, "an address without EXTINF: " + text);
    }
    if (ended && !segments.isEmpty() && seen.contains("#EXT-X-PRELOAD-HINT")) {
      throw new MalformedPlaylistException(line, "a segment after a preload hint");
    }
    long sequence = (mediaSequence == null ? 0 : mediaSequence) + segments.size();
    if (segments.size() >= MAX_SEGMENTS) {
      throw new MalformedPlaylistException(line, "more than " + MAX_SEGMENTS + " segments");
    }
    segments.add(
        new Segment(
            sequence,
            line,
            text,
            byteRange(text),
            seconds,
            Optional.ofNullable(date),
            discontinuity,
            gap,
            initUri,
            initRange,
            keys,
            parts));
    seconds = null;
    date = null;
    discontinuity = false;
    gap = false;
    parts = new ArrayList<>();
  }

  private void key(String value) {
    if (keysClosed) {
      keys = new ArrayList<>();
      keysClosed = false;
    }
    keys.add(value);
  }

  private void map(AttributeList attributes) {
    initUri = attributes.text("URI").orElseThrow(() -> missing("URI"));
    initRange = attributes.text("BYTERANGE").map(value -> lengthAtOffset(range(value), 0));
  }

  /** The range of the next segment, which may go on where the one before it ended. */
  private Optional<ByteRange> byteRange(String uri) {
    if (range.isEmpty()) {
      return Optional.empty();
    }
    if (!range.contains("@") && !uri.equals(rangedUri)) {
      refuse(new MalformedPlaylistException(line, "a byte range that goes on after nothing"));
    }
    ByteRange found = lengthAtOffset(range, uri.equals(rangedUri) ? rangeEnd : 0);
    rangedUri = uri;
    rangeEnd = found.offset() + found.length();
    range = "";
    return Optional.of(found);
  }

  private String range(String value) {
    if (!RANGE.matcher(value).matches()) {
      throw new MalformedPlaylistException(line, "not a byte range: " + value);
    }
    return value;
  }

  private static ByteRange lengthAtOffset(String value, long otherwise) {
    int at = value.indexOf('@');
    return at < 0
        ? new ByteRange(otherwise, Long.parseLong(value))
        : new ByteRange(
            Long.parseLong(value.substring(at + 1)), Long.parseLong(value.substring(0, at)));
  }

  private Part part(AttributeList attributes) {
    return new Part(
        attributes.text("URI").orElseThrow(() -> missing("URI")),
        required(attributes, "DURATION"),
        attributes.yes("INDEPENDENT"),
        attributes.yes("GAP"));
  }

  private AttributeList attributes(String value) {
    return AttributeList.parse(value, line);
  }

  private BigDecimal required(AttributeList attributes, String name) {
    return decimal(attributes.text(name).orElseThrow(() -> missing(name)));
  }

  private MalformedPlaylistException missing(String attribute) {
    return new MalformedPlaylistException(line, "no " + attribute);
  }

  private long beforeSegments(String name, long value) {
    if (!segments.isEmpty() || !parts.isEmpty() || discontinuity) {
      throw new MalformedPlaylistException(line, name + " after the first segment");
    }
    return value;
  }

  private BigDecimal duration(String value) {
    int comma = value.indexOf(',');
    if (comma < 0) {
      throw new MalformedPlaylistException(line, "EXTINF without a comma");
    }
    return decimal(value.substring(0, comma));
  }

  private BigDecimal decimal(String value) {
    if (!DECIMAL.matcher(value).matches()) {
      throw new MalformedPlaylistException(line, "not a decimal number: " + value);
    }
    return new BigDecimal(value);
  }

  private long integer(String value) {
    if (!INTEGER.matcher(value).matches()) {
      throw new MalformedPlaylistException(line, "not a whole number: " + value);
    }
    return Long.parseLong(value);
  }

  private Instant instant(String value) {
    try {
      // "+0000" is the basic form of ISO 8601, which FFmpeg writes.
      return OffsetDateTime.parse(SHORT_ZONE.matcher(value).replaceFirst("$1:$2")).toInstant();
    } catch (DateTimeException e) {
      throw new MalformedPlaylistException(line, "not a date with a zone: " + value);
    }
  }
}
