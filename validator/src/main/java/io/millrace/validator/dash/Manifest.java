package io.millrace.validator.dash;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One version of a manifest (ISO/IEC 23009-1 5.3.1).
 *
 * @param line of the root element, from 1
 * @param profiles empty when none is said
 * @param dynamic whether it may change; else it is static
 * @param timings UTCTiming
 * @param latency how far behind players are to be ({@code ServiceDescription/Latency@target})
 * @param body as it was written, without {@code @publishTime}: what it says beside it
 */
public record Manifest(
    int line,
    String profiles,
    boolean dynamic,
    Optional<Duration> minBufferTime,
    Optional<Instant> availabilityStart,
    Optional<Instant> published,
    Optional<Duration> presentationDuration,
    Optional<Duration> updatePeriod,
    Optional<Duration> timeShiftDepth,
    Optional<Duration> suggestedDelay,
    Optional<Duration> maxSegmentDuration,
    List<Descriptor> timings,
    Optional<Duration> latency,
    List<Period> periods,
    String body) {
  /** A scheme and what is said in it. */
  public record Descriptor(String scheme, String value, int line) {}

  /**
   * A period (5.3.2).
   *
   * @param id empty when it has none
   * @param start as it is written, or where the one before it ends
   */
  public record Period(
      String id, Duration start, Optional<Duration> duration, List<AdaptationSet> sets, int line) {
    public Period {
      sets = List.copyOf(sets);
    }

    /** The representations of all its adaptation sets. */
    public Stream<Representation> representations() {
      return sets.stream().flatMap(set -> set.representations().stream());
    }

    /** Where the latest of its segments ends, from the start of the presentation. */
    public Duration end() {
      return representations()
          .flatMap(each -> each.template().stream())
          .filter(template -> !template.segments().isEmpty())
          .map(template -> template.since(this, template.segments().getLast().end()))
          .max(Duration::compareTo)
          .orElse(start);
    }

    /** Where the first of its segments starts. */
    public Duration first() {
      return representations()
          .flatMap(each -> each.template().stream())
          .filter(template -> !template.segments().isEmpty())
          .map(template -> template.since(this, template.segments().getFirst().time()))
          .min(Duration::compareTo)
          .orElse(start);
    }
  }

  /**
   * What can be played in place of each other (5.3.3).
   *
   * @param type {@code video}, {@code audio}, {@code text}, or empty when that is not said
   * @param startsWithSap whether every segment starts where decoding can ({@code @startWithSAP} 1)
   */
  public record AdaptationSet(
      String id,
      String type,
      boolean startsWithSap,
      List<Descriptor> accessibility,
      List<Representation> representations,
      int line) {
    public AdaptationSet {
      accessibility = List.copyOf(accessibility);
      representations = List.copyOf(representations);
    }
  }

  /**
   * One form of the media (5.3.5).
   *
   * @param width in pixels, 0 where it is not said; likewise the height
   * @param frameRate pictures a second
   * @param channels of sound, where they are said in a known scheme
   * @param sampleRate of sound in Hz
   * @param template empty when its segments are not named by one
   */
  public record Representation(
      String id,
      long bandwidth,
      String codecs,
      long width,
      long height,
      Optional<Double> frameRate,
      Optional<Integer> channels,
      Optional<Long> sampleRate,
      Optional<SegmentTemplate> template,
      int line) {}

  public Manifest {
    timings = List.copyOf(timings);
    periods = List.copyOf(periods);
  }

  /** What is listed, from the start of the first segment to the end of the last. */
  public Duration listed() {
    return periods.isEmpty()
        ? Duration.ZERO
        : periods.getLast().end().minus(periods.getFirst().first());
  }
}
