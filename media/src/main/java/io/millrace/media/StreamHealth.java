package io.millrace.media;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a broadcast's publisher is doing, as of one second. Says nothing about who it is.
 *
 * @param at when it was measured
 * @param pace seconds of media that come in a second; empty in the first ten seconds
 * @param longestStall the longest time of the last ten seconds in which nothing came
 * @param driftPpm how much faster the publisher's clock is than this machine's, in millionths;
 *     empty in the first minute
 * @param audioAhead how far sound is ahead of the picture when it arrives (negative: behind), on
 *     average over the last ten seconds; empty without both
 * @param furthestApart the most of that in either direction: what a player has to bridge
 * @param repairs how often timestamps were put right, in this broadcast
 * @param discontinuities breaks of the timeline in this broadcast, reconnects included
 * @param reconnects publishers after the first
 * @param skippedMessages messages that were of no use, from all publishers
 * @param droppedSamples samples that this server's own readers were too slow for
 * @param findings what the broadcaster should know, the worst first
 */
public record StreamHealth(
    Instant at,
    List<TrackHealth> tracks,
    OptionalDouble pace,
    Duration longestStall,
    OptionalDouble driftPpm,
    Optional<Duration> audioAhead,
    Optional<Duration> furthestApart,
    Map<TimestampRepair, Long> repairs,
    long discontinuities,
    long reconnects,
    long skippedMessages,
    long droppedSamples,
    List<HealthFinding> findings) {
  public StreamHealth {
    tracks = List.copyOf(tracks);
    repairs = Map.copyOf(repairs);
    findings = List.copyOf(findings);
  }

  /** Before the first sample. */
  static StreamHealth none(Instant at) {
    return new StreamHealth(
        at,
        List.of(),
        OptionalDouble.empty(),
        Duration.ZERO,
        OptionalDouble.empty(),
        Optional.empty(),
        Optional.empty(),
        new EnumMap<>(TimestampRepair.class),
        0,
        0,
        0,
        0,
        List.of());
  }
}
