package io.millrace.packager.segment;

import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.ts.TransportFormat;
import io.millrace.validator.mp4.Mp4Fragment;
import io.millrace.validator.mp4.Mp4Track;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What segmenters for tests have cut by a wish of two seconds, as is the default. */
public final class CutSegments {
  private final List<CutSegment> cut = new ArrayList<>();

  /** One that writes CMAF. */
  Segmenter segmenter() {
    return segmenter(rules());
  }

  /** One that writes CMAF, and silence where there is no sound. */
  Segmenter silenceSegmenter() {
    return new Segmenter(rules(), new CmafFormat(rules(), true, Set.of(), cut::add));
  }

  /** One that writes MPEG-TS, picture and the first sound together. */
  public Segmenter transportSegmenter() {
    return new Segmenter(rules(), new TransportFormat(Set.of(), cut::add));
  }

  /** The same with silence where there is no sound. */
  public Segmenter silenceTransportSegmenter() {
    return new Segmenter(rules(), new TransportFormat(true, Set.of(), cut::add));
  }

  Segmenter segmenter(Duration target) {
    return segmenter(rules(Optional.of(target)));
  }

  /** One that goes on with a broadcast that another has left. */
  Segmenter resumed(int targetSeconds, long nextMsn) {
    return new Segmenter(
        rules(),
        new CmafFormat(rules(), cut::add),
        targetSeconds,
        nextMsn,
        Set.of(),
        new io.millrace.packager.cue.SpliceTimes());
  }

  /** In the order in which they were cut. */
  public List<CutSegment> all() {
    return cut;
  }

  public List<CutSegment> of(String rendition) {
    return cut.stream().filter(segment -> segment.rendition().equals(rendition)).toList();
  }

  /** How long each is. */
  static List<Double> seconds(List<CutSegment> segments) {
    return segments.stream().map(CutSegments::seconds).toList();
  }

  static double seconds(CutSegment segment) {
    return segment.timescale().toSeconds(segment.durationTicks());
  }

  /** What is in a file of CMAF. */
  static List<Mp4Fragment> fragments(CutSegment segment) {
    return Mp4Fragment.read(
        Mp4Track.read(segment.header().orElseThrow().bytes().getBytes()),
        segment.bytes().getBytes());
  }

  private Segmenter segmenter(CutRules rules) {
    return new Segmenter(rules, new CmafFormat(rules, cut::add));
  }

  /** Segments of a target duration that the stream chooses. */
  private static CutRules rules() {
    return rules(Optional.empty());
  }

  private static CutRules rules(Optional<Duration> target) {
    return new CutRules(Duration.ofSeconds(2), target, Duration.ofMillis(334));
  }
}
