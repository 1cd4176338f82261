package io.millrace.packager.cue;

import io.millrace.media.cue.CueSignal;
import io.millrace.media.cue.SpliceCommand;
import io.millrace.media.cue.SpliceCommand.BreakDuration;
import io.millrace.media.cue.SpliceDescriptor;
import io.millrace.media.cue.SpliceInfoSection;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A broadcast that began at noon, and sections whose clock began with it. */
final class CueFixture {
  static final Instant NOON = Instant.parse("2026-11-23T12:00:00.250Z");
  static final long SECOND = 1_000_000_000L;

  static final CueClock CLOCK =
      new CueClock() {
        @Override
        public Instant wallAt(long mediaNanos) {
          return NOON.plusNanos(mediaNanos);
        }

        @Override
        public long mediaAt(Instant date) {
          return Duration.between(NOON, date).toNanos();
        }
      };

  private CueFixture() {}

  static CuePoints points() {
    return new CuePoints(CLOCK, CueRules.DEFAULT);
  }

  static CueSignal signal(double at, SpliceCommand command, SpliceDescriptor... descriptors) {
    SpliceInfoSection section = SpliceInfoSection.of(command, List.of(descriptors));
    return new CueSignal(section, section.write(), nanos(at), Math.round(at * 90_000));
  }

  static SpliceCommand out(long eventId, double at) {
    return insert(eventId, true, OptionalLong.of(Math.round(at * 90_000)), Optional.empty());
  }

  static SpliceCommand out(long eventId, double at, double seconds, boolean autoReturn) {
    return insert(
        eventId,
        true,
        OptionalLong.of(Math.round(at * 90_000)),
        Optional.of(new BreakDuration(autoReturn, Math.round(seconds * 90_000))));
  }

  static SpliceCommand in(long eventId, double at) {
    return insert(eventId, false, OptionalLong.of(Math.round(at * 90_000)), Optional.empty());
  }

  static SpliceCommand now(long eventId, boolean out) {
    return insert(eventId, out, OptionalLong.empty(), Optional.empty());
  }

  private static SpliceCommand insert(
      long eventId, boolean out, OptionalLong time, Optional<BreakDuration> duration) {
    return new SpliceCommand.Insert(
        eventId, out, time.isEmpty(), time, List.of(), duration, 1, 0, 0);
  }

  static SpliceCommand timeSignal(double at) {
    return new SpliceCommand.TimeSignal(OptionalLong.of(Math.round(at * 90_000)));
  }

  static SpliceDescriptor segmentation(long eventId, int type, OptionalLong ticks) {
    return new SpliceDescriptor.Segmentation(
        eventId,
        Optional.empty(),
        List.of(),
        ticks,
        0,
        Buffer.buffer(),
        type,
        1,
        1,
        Optional.empty());
  }

  static long nanos(double seconds) {
    return Math.round(seconds * SECOND);
  }
}
