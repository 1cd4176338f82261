package io.millrace.packager.live;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A low-latency playlist as text says it, read by nothing but patterns.
 *
 * @param head tags before the first segment, with their values
 * @param segments in order; the last one has no address while it is open
 * @param skipped segments that a delta update leaves out
 * @param hints addresses that are hinted at, with their types
 */
record LowLatencyLines(
    List<String> head,
    List<Segment> segments,
    int skipped,
    List<String> hints,
    List<String> reports) {
  private static final Pattern DURATION = Pattern.compile("DURATION=([0-9.]+)");
  private static final Pattern URI = Pattern.compile("URI=\"([^\"]+)\"");
  private static final List<String> HEAD =
      List.of(
          "#EXT-X-VERSION",
          "#EXT-X-TARGETDURATION",
          "#EXT-X-SERVER-CONTROL",
          "#EXT-X-PART-INF",
          "#EXT-X-MEDIA-SEQUENCE",
          "#EXT-X-DISCONTINUITY-SEQUENCE");

  /** One part. */
  record Part(String uri, double seconds, boolean independent, boolean gap) {}

  /**
   * One segment.
   *
   * @param tags that stand before its parts
   * @param lateTags that stand behind one of its parts
   * @param map that is in force
   * @param uri empty while it is open
   */
  record Segment(
      List<String> tags,
      List<String> lateTags,
      String map,
      List<Part> parts,
      double seconds,
      String uri) {
    Segment withoutParts() {
      return new Segment(tags, lateTags, map, List.of(), seconds, uri);
    }
  }

  static LowLatencyLines of(String playlist) {
    List<String> head = new ArrayList<>();
    List<Segment> segments = new ArrayList<>();
    List<String> hints = new ArrayList<>();
    List<String> reports = new ArrayList<>();
    int skipped = 0;
    List<String> tags = new ArrayList<>();
    List<String> late = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    String inForce = "";
    double seconds = 0;
    for (String line : playlist.lines().toList()) {
      String name = line.contains(":") ? line.substring(0, line.indexOf(':')) : line;
      if (HEAD.contains(name)) {
        head.add(line);
      } else if (name.equals("#EXT-X-SKIP")) {
        skipped = Integer.parseInt(line.replaceAll(".*SKIPPED-SEGMENTS=(\\d+).*", "$1"));
      } else if (name.equals("#EXT-X-PRELOAD-HINT")) {
        hints.add(line);
      } else if (name.equals("#EXT-X-RENDITION-REPORT")) {
        reports.add(line);
      } else if (name.equals("#EXT-X-PART")) {
        parts.add(
            new Part(
                uri(line).orElseThrow(),
                Double.parseDouble(found(DURATION, line).orElseThrow()),
                line.contains("INDEPENDENT=YES"),
                line.contains("GAP=YES")));
      } else if (name.equals("#EXTINF")) {
        seconds = Double.parseDouble(line.substring(8, line.indexOf(',')));
      } else if (name.equals("#EXT-X-MAP")) {
        inForce = uri(line).orElseThrow();
        (parts.isEmpty() ? tags : late).add(line);
      } else if (!line.startsWith("#")) {
        segments.add(new Segment(tags, late, inForce, parts, seconds, line));
        tags = new ArrayList<>();
        late = new ArrayList<>();
        parts = new ArrayList<>();
      } else if (!line.equals("#EXTM3U")) {
        (parts.isEmpty() ? tags : late).add(line);
      }
    }
    if (!parts.isEmpty()) {
      segments.add(new Segment(tags, late, inForce, parts, 0, ""));
    }
    return new LowLatencyLines(head, segments, skipped, hints, reports);
  }

  /** The value of a tag in the head. */
  String value(String tag) {
    return head.stream()
        .filter(line -> line.startsWith(tag + ":"))
        .map(line -> line.substring(tag.length() + 1))
        .findFirst()
        .orElse("");
  }

  long mediaSequence() {
    return Long.parseLong(value("#EXT-X-MEDIA-SEQUENCE"));
  }

  /** The segment that is open, when parts of it are listed. */
  Optional<Segment> open() {
    return segments.isEmpty() || !segments.getLast().uri().isEmpty()
        ? Optional.empty()
        : Optional.of(segments.getLast());
  }

  /** The one address that is hinted at as the next part. */
  String hint() {
    return hints.stream()
        .filter(line -> line.contains("TYPE=PART"))
        .reduce((one, other) -> one + other)
        .flatMap(LowLatencyLines::uri)
        .orElse("");
  }

  static Optional<String> uri(String line) {
    return found(URI, line);
  }

  private static Optional<String> found(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
