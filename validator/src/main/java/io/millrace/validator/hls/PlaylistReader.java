package io.millrace.validator.hls;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
          "#EXT-X-SKIP",
          "#EXT-X-ENDLIST");

  private final @Nullable Consumer<MalformedPlaylistException> problems;
  private final SegmentReader segments = new SegmentReader(this::refuse);
  private final Set<String> seen = new HashSet<>();
  private final List<MultivariantPlaylist.Variant> variants = new ArrayList<>();
  private final List<AttributeList> renditions = new ArrayList<>();
  private final List<AttributeList> iFrames = new ArrayList<>();
  private final List<AttributeList> preloadHints = new ArrayList<>();
  private final List<RenditionReport> reports = new ArrayList<>();
  private final List<DateRange> dateRanges = new ArrayList<>();
  private final List<String> otherTags = new ArrayList<>();
  private int line;
  private int version = 1;
  private @Nullable Long targetDuration;
  private @Nullable Long mediaSequence;
  private @Nullable Long discontinuitySequence;
  private @Nullable String type;
  private @Nullable BigDecimal partTarget;
  private @Nullable AttributeList serverControl;
  private @Nullable Skip skip;
  private @Nullable AttributeList streamInf;
  private boolean independent;
  private boolean iFramesOnly;
  private boolean ended;

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
    if (segments.isUnfinished() || streamInf != null) {
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
      if (targetDuration != null || !segments.segments().isEmpty()) {
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
        Optional.ofNullable(skip),
        segments.segments(),
        segments.open(),
        preloadHints,
        reports,
        dateRanges,
        otherTags);
  }

  private void tag(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String value = colon < 0 ? "" : text.substring(colon + 1);
    if (!seen.add(name) && ONCE.contains(name)) {
      throw new MalformedPlaylistException(line, name + " comes twice");
    }
    if (segments.takes(name, value, line)) {
      return;
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
      case "#EXT-X-ENDLIST" -> ended = true;
      case "#EXT-X-PART-INF" ->
          partTarget =
              TagValues.decimal(TagValues.required(attributes(value), "PART-TARGET", line), line);
      case "#EXT-X-SERVER-CONTROL" -> serverControl = attributes(value);
      case "#EXT-X-SKIP" -> skip = beforeSegments(name, skip(attributes(value)));
      case "#EXT-X-PRELOAD-HINT" -> preloadHints.add(with(attributes(value), "TYPE", "URI"));
      case "#EXT-X-RENDITION-REPORT" -> reports.add(report(with(attributes(value), "URI")));
      case "#EXT-X-DATERANGE" -> dateRanges.add(new DateRange(line, with(attributes(value), "ID")));
      case "#EXT-X-MEDIA" -> renditions.add(attributes(value));
      case "#EXT-X-STREAM-INF" -> streamInf = attributes(value);
      default -> otherTags.add(text);
    }
  }

  private void uri(String text) {
    if (streamInf != null) {
      variants.add(new MultivariantPlaylist.Variant(text, streamInf));
      streamInf = null;
      return;
    }
    long first = (mediaSequence == null ? 0 : mediaSequence) + (skip == null ? 0 : skip.segments());
    if (ended && seen.contains("#EXT-X-PRELOAD-HINT")) {
      throw new MalformedPlaylistException(line, "a segment after a preload hint");
    }
    segments.uri(text, first + segments.segments().size(), line);
  }

  private Skip skip(AttributeList attributes) {
    return new Skip(
        line,
        integer(TagValues.required(attributes, "SKIPPED-SEGMENTS", line)),
        attributes
            .text("RECENTLY-REMOVED-DATERANGES")
            .map(ids -> ids.isEmpty() ? List.of() : List.of(ids.split("\t"))));
  }

  private RenditionReport report(AttributeList attributes) {
    return new RenditionReport(
        line,
        TagValues.required(attributes, "URI", line),
        attributes.text("LAST-MSN").map(this::integer),
        attributes.text("LAST-PART").map(this::integer));
  }

  private AttributeList attributes(String value) {
    return AttributeList.parse(value, line);
  }

  private AttributeList with(AttributeList attributes, String... names) {
    for (String name : names) {
      TagValues.required(attributes, name, line);
    }
    return attributes;
  }

  private long integer(String value) {
    return TagValues.integer(value, line);
  }

  private <T> T beforeSegments(String name, T value) {
    if (segments.hasBegun()) {
      throw new MalformedPlaylistException(line, name + " after the first segment");
    }
    return value;
  }
}
