package io.millrace.packager.cue;

import io.millrace.media.cue.CueAttribute;
import io.millrace.media.cue.CueRequest.Kind;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cue point as it stands. Times are nanoseconds of the broadcast; dates have milliseconds.
 *
 * @param number of the broadcast's cue points, from 1
 * @param key by what its end is found
 * @param startsAtCut whether it starts at the next cut; {@code startNanos} is then where that was
 *     asked for
 * @param startDate the programme date of its start
 * @param plannedNanos how long it is to last
 * @param autoReturn whether it ends by itself then
 * @param endNanos where it ends or has ended, as far as that is told
 * @param endsAtCut whether it ends at the next cut; {@code endNanos} is then where that was asked
 *     for
 * @param endDate the programme date of its end, once that has been reached
 * @param out the splice_info_section that starts it or, of a mark, that it is
 * @param in the splice_info_section that ends it
 */
public record CuePoint(
    long number,
    String id,
    SpliceKey key,
    Kind kind,
    CueState state,
    String cueClass,
    long startNanos,
    boolean startsAtCut,
    Instant startDate,
    OptionalLong plannedNanos,
    boolean autoReturn,
    OptionalLong endNanos,
    boolean endsAtCut,
    Optional<Instant> endDate,
    Optional<Buffer> out,
    Optional<Buffer> in,
    SortedMap<String, CueAttribute> attributes) {
  public CuePoint {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /** Where it ends as things stand; empty when that is not known, or is the next cut. */
  OptionalLong dueNanos() {
    if (endNanos.isPresent()) {
      return endsAtCut ? OptionalLong.empty() : endNanos;
    }
    return autoReturn && plannedNanos.isPresent()
        ? OptionalLong.of(startNanos + plannedNanos.getAsLong())
        : OptionalLong.empty();
  }

  boolean isOver() {
    return state == CueState.ENDED;
  }

  /** How long it lasted, by the dates; once it is over. */
  Optional<Duration> duration() {
    return endDate.map(end -> Duration.between(startDate, end));
  }

  CuePoint started(long nanos, Instant date, Optional<Buffer> section) {
    return new CuePoint(
        number,
        id,
        key,
        kind,
        CueState.OUT,
        cueClass,
        nanos,
        false,
        date,
        plannedNanos,
        autoReturn,
        endNanos,
        endsAtCut,
        endDate,
        section,
        in,
        attributes);
  }

  CuePoint ended(long nanos, Instant date, Optional<Buffer> section) {
    return new CuePoint(
        number,
        id,
        key,
        kind,
        CueState.ENDED,
        cueClass,
        startNanos,
        false,
        startDate,
        plannedNanos,
        autoReturn,
        OptionalLong.of(nanos),
        false,
        Optional.of(date),
        out,
        section,
        attributes);
  }

  CuePoint endingAt(long nanos, boolean atCut, Optional<Buffer> section) {
    return new CuePoint(
        number,
        id,
        key,
        kind,
        state,
        cueClass,
        startNanos,
        startsAtCut,
        startDate,
        plannedNanos,
        autoReturn,
        OptionalLong.of(nanos),
        atCut,
        endDate,
        out,
        section,
        attributes);
  }

  CuePoint planned(OptionalLong nanos, boolean returns) {
    return new CuePoint(
        number,
        id,
        key,
        kind,
        state,
        cueClass,
        startNanos,
        startsAtCut,
        startDate,
        nanos,
        returns,
        endNanos,
        endsAtCut,
        endDate,
        out,
        in,
        attributes);
  }

  /** Told of as if it began later. */
  CuePoint beginningAt(long nanos, OptionalLong newPlannedNanos) {
    return new CuePoint(
        number,
        id,
        key,
        kind,
        state,
        cueClass,
        nanos,
        startsAtCut,
        startDate,
        newPlannedNanos,
        autoReturn,
        endNanos,
        endsAtCut,
        endDate,
        out,
        in,
        attributes);
  }

  CuePoint inState(CueState newState) {
    return new CuePoint(
        number,
        id,
        key,
        kind,
        newState,
        cueClass,
        startNanos,
        startsAtCut,
        startDate,
        plannedNanos,
        autoReturn,
        endNanos,
        endsAtCut,
        endDate,
        out,
        in,
        attributes);
  }
}
