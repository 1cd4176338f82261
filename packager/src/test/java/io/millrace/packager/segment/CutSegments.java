package io.millrace.packager.segment;

import io.millrace.packager.cmaf.CmafFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What segmenters for tests have cut: CMAF by a wish of two seconds, as is the default. */
final class CutSegments {
  private final List<CutSegment> cut = new ArrayList<>();

  /** Segments of a target duration that the stream chooses. */
  static CutRules rules() {
    return rules(Optional.empty());
  }

  Segmenter segmenter() {
    return segmenter(rules());
  }

  Segmenter segmenter(Duration target) {
    return segmenter(rules(Optional.of(target)));
  }

  /** One that goes on with a broadcast that another has left. */
  Segmenter resumed(int targetSeconds, long nextMsn) {
    return new Segmenter(rules(), new CmafFormat(rules(), this::add), targetSeconds, nextMsn);
  }

  void add(CutSegment segment) {
    cut.add(segment);
  }

  /** In the order in which they were cut. */
  List<CutSegment> all() {
    return cut;
  }

  List<CutSegment> of(String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }

  /** How long each is. */
  static List<Double> seconds(List<CutSegment> segments) {
    return segments.stream()
        .map(segment -> segment.timescale().toSeconds(segment.durationTicks()))
        .toList();
  }

  private Segmenter segmenter(CutRules rules) {
    return new Segmenter(rules, new CmafFormat(rules, this::add));
  }

  private static CutRules rules(Optional<Duration> target) {
    return new CutRules(Duration.ofSeconds(2), target, Duration.ofMillis(334));
  }
}
