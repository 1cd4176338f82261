package io.millrace.packager.cue;

import io.millrace.media.Timescale;
import io.millrace.media.cue.SpliceCommand.BreakDuration;
import io.millrace.media.cue.SpliceCommand.Insert;
import io.millrace.media.cue.SpliceInfoSection;
import io.millrace.packager.segment.SegmentFormat;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The sections of splices that nobody signalled with one of their own. Their times are those of the
 * broadcast's files.
 */
final class SpliceSections {
  private static final long OFFSET =
      (long) SegmentFormat.TIME_OFFSET_SECONDS * Timescale.VIDEO.ticksPerSecond();
  private static final long MASK_33 = (1L << 33) - 1;

  private SpliceSections() {}

  /**
   * Leaves the programme.
   *
   * @param eventId its lower 32 bits count
   */
  static Buffer out(long eventId, long nanos, OptionalLong plannedNanos, boolean autoReturn) {
    Optional<BreakDuration> duration =
        plannedNanos.isPresent()
            ? Optional.of(
                new BreakDuration(
                    autoReturn, Timescale.VIDEO.ofNanos(plannedNanos.getAsLong()) & MASK_33))
            : Optional.empty();
    return insert(eventId, true, nanos, duration);
  }

  /**
   * Returns to the programme from where a section left it; empty when that is no splice_insert,
   * whose return only its sender can tell.
   */
  static Optional<Buffer> in(Buffer out, long nanos) {
    return SpliceInfoSection.parse(out).command() instanceof Insert insert
        ? Optional.of(insert(insert.eventId(), false, nanos, Optional.empty()))
        : Optional.empty();
  }

  private static Buffer insert(
      long eventId, boolean out, long nanos, Optional<BreakDuration> duration) {
    OptionalLong time = OptionalLong.of((Timescale.VIDEO.ofNanos(nanos) + OFFSET) & MASK_33);
    Insert insert =
        new Insert(eventId & 0xFFFF_FFFFL, out, false, time, List.of(), duration, 1, 0, 0);
    return SpliceInfoSection.of(insert, List.of()).write();
  }
}
