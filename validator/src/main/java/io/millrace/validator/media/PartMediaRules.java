package io.millrace.validator.media;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.media.TrackFormat.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the parts of a segment must be, by their bytes beside the segment's: L5, L7, L28. Pure. */
public final class PartMediaRules {
  /** EXT-X-PART is written in decimals. */
  private static final double TOLERANCE_SECONDS = 0.0015;

  private final String where;
  private final Segment segment;
  private final List<Violation> violations = new ArrayList<>();

  private PartMediaRules(String where, Segment segment) {
    this.where = where;
    this.segment = segment;
  }

  /**
   * Judges all parts of a segment.
   *
   * @param where the playlist
   * @param parts the bytes of each
   * @param whole those of the segment
   * @param reader of their container; empty of what it can't look into. What it throws is left to
   *     who reads the segment.
   */
  public static List<Violation> check(
      String where,
      Segment segment,
      List<byte[]> parts,
      byte[] whole,
      Function<byte[], Optional<SegmentMedia>> reader) {
    PartMediaRules rules = new PartMediaRules(where, segment);
    List<Optional<SegmentMedia>> media = parts.stream().map(part -> read(reader, part)).toList();
    rules.together(parts, whole, media, read(reader, whole));
    boolean pictures =
        media.stream().flatMap(Optional::stream).anyMatch(each -> has(each, Kind.VIDEO));
    for (int i = 0; i < parts.size(); i++) {
      int index = i;
      media.get(i).ifPresent(each -> rules.part(index, each, pictures));
    }
    return rules.violations;
  }

  private static Optional<SegmentMedia> read(
      Function<byte[], Optional<SegmentMedia>> reader, byte[] body) {
    try {
      return reader.apply(body);
    } catch (MalformedFileException e) {
      return Optional.empty();
    }
  }

  /** L7: RFC 8216bis 3.2 wants the same samples; of bytes it says nothing. */
  private void together(
      List<byte[]> parts,
      byte[] whole,
      List<Optional<SegmentMedia>> media,
      Optional<SegmentMedia> all) {
    byte[] joined = new byte[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    int differs = Arrays.mismatch(joined, whole);
    if (differs < 0) {
      return;
    }
    String seen =
        "segment %d has %d bytes, its parts %d; byte %d differs"
            .formatted(segment.sequence(), whole.length, joined.length, differs);
    boolean readable = all.isPresent() && media.stream().allMatch(Optional::isPresent);
    boolean same =
        readable
            && samples(List.of(all.get()))
                .equals(samples(media.stream().map(Optional::get).toList()));
    broken(same ? Rule.L7_SHOULD : Rule.L7, "", seen + (same ? ", the samples do not" : ""));
  }

  private static Map<Long, List<MediaSample>> samples(List<SegmentMedia> media) {
    Map<Long, List<MediaSample>> samples = new HashMap<>();
    for (SegmentMedia each : media) {
      for (TrackMedia track : each.tracks()) {
        samples.computeIfAbsent(track.id(), id -> new ArrayList<>()).addAll(track.samples());
      }
    }
    return samples;
  }

  private void part(int index, SegmentMedia media, boolean pictures) {
    Part part = segment.parts().get(index);
    Optional<TrackMedia> leading =
        media.leading().filter(track -> !pictures || track.format().kind() == Kind.VIDEO);
    if (leading.isEmpty()) {
      return;
    }
    TrackMedia track = leading.get();
    double apart = track.seconds() - part.seconds().doubleValue();
    if (track.exact() && Math.abs(apart) > TOLERANCE_SECONDS) {
      broken(
          Rule.L7,
          "track " + track.id(),
          "part %d lasts %s, its samples %.6f s".formatted(index, part.seconds(), track.seconds()));
    }
    if (!pictures) {
      if (!part.independent()) {
        broken(Rule.L28, "", "part %d of sound without INDEPENDENT=YES".formatted(index));
      }
      return;
    }
    boolean key = track.samples().stream().anyMatch(each -> each.access() == Access.KEY);
    boolean none = track.samples().stream().allMatch(each -> each.access() == Access.NONE);
    if (part.independent() && none) {
      broken(Rule.L5, "track " + track.id(), "part %d has no key frame".formatted(index));
    } else if (!part.independent() && key) {
      broken(Rule.L5_SHOULD, "track " + track.id(), "part %d has a key frame".formatted(index));
    }
  }

  private static boolean has(SegmentMedia media, Kind kind) {
    return media.tracks().stream().anyMatch(track -> track.format().kind() == kind);
  }

  private void broken(Rule rule, String path, String seen) {
    violations.add(
        new Violation(
            rule,
            Place.of(where).atLine(segment.line()).within(path),
            seen + " (segment " + segment.sequence() + ")"));
  }
}
