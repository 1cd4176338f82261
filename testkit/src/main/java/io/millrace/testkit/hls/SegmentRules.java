package io.millrace.testkit.hls;

import io.millrace.testkit.mp4.MalformedMp4Exception;
import io.millrace.testkit.mp4.Mp4Fragment;
import io.millrace.testkit.mp4.Mp4Track;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What must hold for the fMP4 segments of one media playlist, given one after the other: D1, F1,
 * M3, B16. Remembers where each track's time stands.
 */
public final class SegmentRules {
  /** EXTINF is written in decimals, and players bridge what is this small. */
  private static final double TOLERANCE_SECONDS = 0.001;

  private final String where;
  private final Map<Long, Double> ends = new HashMap<>();
  private long lastSequence = -1;

  public SegmentRules(String where) {
    this.where = where;
  }

  /**
   * Checks the next segment.
   *
   * @param independent whether the playlist says that every segment is (EXT-X-INDEPENDENT-SEGMENTS)
   */
  public List<Violation> accept(Segment segment, byte[] init, byte[] body, boolean independent) {
    List<Violation> violations = new ArrayList<>();
    try {
      List<Mp4Fragment> fragments = Mp4Fragment.read(Mp4Track.read(init), body);
      continuity(segment, fragments, violations);
      duration(segment, fragments, violations);
      if (independent && !startsWithSync(fragments)) {
        violations.add(broken(Rule.M3, segment, "the first sample is no sync sample"));
      }
    } catch (MalformedMp4Exception e) {
      violations.add(broken(Rule.B16, segment, "malformed: " + e.getMessage()));
    }
    lastSequence = segment.sequence();
    return violations;
  }

  private void continuity(
      Segment segment, List<Mp4Fragment> fragments, List<Violation> violations) {
    if (segment.discontinuity() || segment.sequence() != lastSequence + 1) {
      ends.clear();
    }
    for (Mp4Fragment fragment : fragments) {
      double timescale = fragment.track().timescale();
      Double expected = ends.get(fragment.track().id());
      double start = fragment.baseDecodeTime() / timescale;
      if (expected != null && Math.abs(start - expected) > TOLERANCE_SECONDS) {
        violations.add(
            broken(
                Rule.D1,
                segment,
                "track %d starts at %.6f, the one before ended at %.6f"
                    .formatted(fragment.track().id(), start, expected)));
      }
      ends.put(fragment.track().id(), fragment.end() / timescale);
    }
  }

  private void duration(Segment segment, List<Mp4Fragment> fragments, List<Violation> violations) {
    String handler = isVideo(fragments) ? "vide" : "soun";
    double seconds =
        fragments.stream()
            .filter(fragment -> fragment.track().handler().equals(handler))
            .mapToDouble(fragment -> fragment.duration() / (double) fragment.track().timescale())
            .sum();
    if (Math.abs(seconds - segment.seconds().doubleValue()) > TOLERANCE_SECONDS) {
      violations.add(
          broken(
              Rule.F1, segment, "EXTINF %s, samples %.6f s".formatted(segment.seconds(), seconds)));
    }
  }

  private static boolean startsWithSync(List<Mp4Fragment> fragments) {
    String handler = isVideo(fragments) ? "vide" : "soun";
    return fragments.stream()
        .filter(fragment -> fragment.track().handler().equals(handler))
        .flatMap(fragment -> fragment.samples().stream())
        .findFirst()
        .map(Mp4Fragment.Sample::sync)
        .orElse(false);
  }

  private static boolean isVideo(List<Mp4Fragment> fragments) {
    return fragments.stream().anyMatch(fragment -> fragment.track().handler().equals("vide"));
  }

  private Violation broken(Rule rule, Segment segment, String seen) {
    return new Violation(rule, where, "segment " + segment.sequence() + ": " + seen);
  }
}
