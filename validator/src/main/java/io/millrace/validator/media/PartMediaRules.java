package io.millrace.validator.media;

import io.millrace.validator.Place;
import io.millrace.validator.Rule;
import io.millrace.validator.Violation;
import io.millrace.validator.hls.Part;
import io.millrace.validator.hls.Segment;
import io.millrace.validator.media.TrackFormat.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the parts of a segment must be, by their bytes beside the segment's: L3, L5, L7, L28. Pure.
 */
public final class PartMediaRules {
  /** EXT-X-PART is written in decimals. */
  private static final double TOLERANCE_SECONDS = 0.0015;

  /** What times of a publisher are rounded to. */
  private static final double TICK_SECONDS = 0.001;

  private final String where;
  private final Segment segment;
  private final Optional<BigDecimal> target;
  private final List<Violation> violations = new ArrayList<>();

  private PartMediaRules(String where, Segment segment, Optional<BigDecimal> target) {
    this.where = where;
    this.segment = segment;
    this.target = target;
  }

  /**
   * Judges all parts of a segment.
   *
   * @param where the playlist
   * @param target PART-TARGET in seconds, if there is one
   * @param parts the bytes of each
   * @param whole those of the segment
   * @param reader of their container; empty of what it can't look into. What it throws is left to
   *     who reads the segment.
   */
  public static List<Violation> check(
      String where,
      Segment segment,
      Optional<BigDecimal> target,
      List<byte[]> parts,
      byte[] whole,
      Function<byte[], Optional<SegmentMedia>> reader) {
    PartMediaRules rules = new PartMediaRules(where, segment, target);
    List<Optional<SegmentMedia>> media = parts.stream().map(part -> read(reader, part)).toList();
    rules.together(parts, whole, media, read(reader, whole));
    boolean pictures =
        media.stream().flatMap(Optional::stream).anyMatch(each -> has(each, Kind.VIDEO));
    for (int i = 0; i < parts.size(); i++) {
      int index = i;
      media.get(i).ifPresent(each -> rules.part(index, each, pictures));
    }
    for (int i = 0; i + 1 < parts.size(); i++) {
      rules.shortPart(i, leading(media.get(i + 1), pictures));
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

  private static Optional<TrackMedia> leading(Optional<SegmentMedia> media, boolean pictures) {
    return media
        .flatMap(SegmentMedia::leading)
        .filter(track -> !pictures || track.format().kind() == Kind.VIDEO);
  }

  /**
   * L3: RFC 8216bis 4.4.4.9 wants 85 % of parts that are cut between frames; where the next frame
   * would have made the part longer than the target, which has no exception, there is no such part.
   */
  private void shortPart(int index, Optional<TrackMedia> next) {
    Part part = segment.parts().get(index);
    boolean isShort = target.filter(part::isShort).isPresent();
    if (!isShort || segment.parts().get(index + 1).gap() || next.isEmpty()) {
      return;
    }
    TrackMedia track = next.get();
    if (!track.exact() && track.samples().size() == 1) {
      return;
    }
    double frame = track.samples().getFirst().duration() / (double) track.timescale();
    double room = target.get().subtract(part.seconds()).doubleValue();
    broken(
        frame <= room - TICK_SECONDS ? Rule.L3 : Rule.L3_FRAMES,
        "track " + track.id(),
        "part %d lasts %s, the target is %s, the next frame %.6f s"
            .formatted(index, part.seconds(), target.get(), frame));
  }

  private void part(int index, SegmentMedia media, boolean pictures) {
    Part part = segment.parts().get(index);
    Optional<TrackMedia> leading = leading(Optional.of(media), pictures);
    if (leading.isEmpty()) {
      return;
    }
    TrackMedia track = leading.get();
    double apart = track.seconds() - part.seconds().doubleValue();
    if (track.exact() && Math.abs(apart) > TOLERANCE_SECONDS) {
      broken(
          endsInALongFrame(part, track) ? Rule.L7_FRAMES : Rule.L7,
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

  /** Whether it says the longest that it may, because its last frame lasts longer. */
  private boolean endsInALongFrame(Part part, TrackMedia track) {
    double before =
        track.seconds() - track.samples().getLast().duration() / (double) track.timescale();
    return target
        .map(BigDecimal::doubleValue)
        .filter(longest -> Math.abs(longest - part.seconds().doubleValue()) < TOLERANCE_SECONDS)
        .filter(longest -> before < longest && track.seconds() > longest)
        .isPresent();
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
