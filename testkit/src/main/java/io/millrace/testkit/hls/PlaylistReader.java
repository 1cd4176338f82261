package io.millrace.testkit.hls;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a playlist strictly (RFC 8216bis 4.1 to 4.4): whatever is malformed, doubled or in the
 * wrong place is an exception that names the line. One reader reads one body.
 */
public final class PlaylistReader {
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

  private final Set<String> seen = new HashSet<>();
  private final List<Segment> segments = new ArrayList<>();
  private final List<MultivariantPlaylist.Variant> variants = new ArrayList<>();
  private final List<AttributeList> renditions = new ArrayList<>();
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
  private boolean ended;

  // What belongs to the next segment or variant.
  private @Nullable BigDecimal seconds;
  private @Nullable AttributeList streamInf;
  private @Nullable Instant date;
  private boolean discontinuity;
  private boolean gap;
  private List<Part> parts = new ArrayList<>();

  // What stays in force until it is replaced.
  private String initUri = "";
  private List<String> keys = new ArrayList<>();
  private boolean keysClosed;

  private PlaylistReader() {}

  /**
   * Reads a body.
   *
   * @throws MalformedPlaylistException when it is no playlist
   */
  public static Playlist read(String body) {
    return new PlaylistReader().readAll(body);
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
      String text = lines.get(line - 1);
      if (text.startsWith("#EXT")) {
        tag(text);
      } else if (!text.isBlank() && !text.startsWith("#")) {
        uri(text);
      }
    }
    if (seconds != null || streamInf != null) {
      throw new MalformedPlaylistException(lines.size(), "the last tag has no address after it");
    }
    return finish();
  }

  private Playlist finish() {
    boolean multivariant = !variants.isEmpty() || !renditions.isEmpty();
    if (multivariant) {
      if (targetDuration != null || !segments.isEmpty()) {
        throw new MalformedPlaylistException(line, "tags of both kinds of playlists");
      }
      return new MultivariantPlaylist(version, independent, variants, renditions);
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
      case "#EXT-X-VERSION" -> version = Math.toIntExact(integer(value));
      case "#EXT-X-TARGETDURATION" -> targetDuration = integer(value);
      case "#EXT-X-MEDIA-SEQUENCE" -> mediaSequence = beforeSegments(name, integer(value));
      case "#EXT-X-DISCONTINUITY-SEQUENCE" ->
          discontinuitySequence = beforeSegments(name, integer(value));
      case "#EXT-X-PLAYLIST-TYPE" -> type = value;
      case "#EXT-X-INDEPENDENT-SEGMENTS" -> independent = true;
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
      case "#EXT-X-MAP" -> initUri = map(attributes(value));
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
    segments.add(
        new Segment(
            sequence,
            text,
            seconds,
            Optional.ofNullable(date),
            discontinuity,
            gap,
            initUri,
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

  private String map(AttributeList attributes) {
    return attributes.text("URI").orElseThrow(() -> missing("URI"))
        + attributes.text("BYTERANGE").map(range -> "@" + range).orElse("");
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
    if (!value.matches("\\d+(\\.\\d+)?")) {
      throw new MalformedPlaylistException(line, "not a decimal number: " + value);
    }
    return new BigDecimal(value);
  }

  private long integer(String value) {
    if (!value.matches("\\d{1,18}")) {
      throw new MalformedPlaylistException(line, "not a whole number: " + value);
    }
    return Long.parseLong(value);
  }

  private Instant instant(String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new MalformedPlaylistException(line, "not a date with a zone: " + value);
    }
  }
}
