package io.millrace.packager.cue;

import io.millrace.media.cue.CueRequest.Kind;
import io.millrace.media.cue.CueSignal;
import io.millrace.media.cue.SegmentationTypes;
import io.millrace.media.cue.SpliceCommand;
import io.millrace.media.cue.SpliceCommand.BreakDuration;
import io.millrace.media.cue.SpliceCommand.Component;
import io.millrace.media.cue.SpliceDescriptor;
import io.millrace.media.cue.SpliceDescriptor.Segmentation;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Makes cue points of the sections that come with a stream (RFC 8216bis 4.4.5.1.1). Signals come
 * several times, before and after their time; a later copy may change what has not been reached.
 * Confined to the broadcast's home context.
 */
public final class CueSignals {
  /** Copies of one signal may differ by this. */
  private static final long SAME_NANOS = 500_000_000;

  private final CuePoints cues;

  public CueSignals(CuePoints cues) {
    this.cues = cues;
  }

  /** What came of a section, for each of its descriptors that is a cue point of its own. */
  public List<CueOutcome> receive(CueSignal signal) {
    return switch (signal.section().command()) {
      case SpliceCommand.Null _, SpliceCommand.BandwidthReservation _ -> ignored("no-cue");
      case SpliceCommand.Reserved _ -> ignored("reserved-command");
      case SpliceCommand.Insert insert -> List.of(insert(signal, insert));
      case SpliceCommand.CancelInsert(long eventId) ->
          List.of(cancel(eventId, SpliceKey.Insert.class));
      case SpliceCommand.TimeSignal(OptionalLong time) -> timeSignal(signal, time);
      case SpliceCommand.Schedule _, SpliceCommand.Private _, SpliceCommand.Encrypted _ ->
          List.of(mark(signal, OptionalLong.empty(), false));
    };
  }

  private CueOutcome insert(CueSignal signal, SpliceCommand.Insert insert) {
    SpliceKey key = new SpliceKey.Insert(insert.eventId());
    OptionalLong time =
        insert.time().isPresent()
            ? insert.time()
            : insert.components().stream()
                .map(Component::time)
                .flatMapToLong(OptionalLong::stream)
                .findFirst();
    if (!insert.outOfNetwork()) {
      return in(signal, key, time);
    }
    OptionalLong planned =
        insert.duration().isPresent()
            ? OptionalLong.of(CueSignal.nanos(insert.duration().get().ticks()))
            : OptionalLong.empty();
    boolean returns = insert.duration().map(BreakDuration::autoReturn).orElse(false);
    return out(signal, key, "splice-" + insert.eventId(), time, planned, returns);
  }

  private List<CueOutcome> timeSignal(CueSignal signal, OptionalLong time) {
    List<CueOutcome> outcomes = new ArrayList<>();
    boolean repeated = isMarked(signal);
    for (SpliceDescriptor descriptor : signal.section().descriptors()) {
      if (descriptor instanceof Segmentation segmentation) {
        outcomes.add(segmentation(signal, time, segmentation, repeated));
      } else if (descriptor instanceof SpliceDescriptor.CancelSegmentation(long eventId)) {
        outcomes.add(cancel(eventId, SpliceKey.Segmentation.class));
      }
    }
    return outcomes.isEmpty() ? List.of(mark(signal, time, repeated)) : outcomes;
  }

  private CueOutcome segmentation(
      CueSignal signal, OptionalLong time, Segmentation segmentation, boolean repeated) {
    int type = segmentation.typeId();
    if (SegmentationTypes.leaves(type)) {
      OptionalLong planned =
          segmentation.durationTicks().isPresent()
              ? OptionalLong.of(CueSignal.nanos(segmentation.durationTicks().getAsLong()))
              : OptionalLong.empty();
      return out(
          signal,
          new SpliceKey.Segmentation(segmentation.eventId(), type),
          "segmentation-%02x-%d".formatted(type, segmentation.eventId()),
          time,
          planned,
          planned.isPresent());
    }
    if (SegmentationTypes.returns(type)) {
      int start = SegmentationTypes.startOf(type);
      return in(signal, new SpliceKey.Segmentation(segmentation.eventId(), start), time);
    }
    return mark(signal, time, repeated);
  }

  private CueOutcome out(
      CueSignal signal,
      SpliceKey key,
      String name,
      OptionalLong time,
      OptionalLong planned,
      boolean autoReturn) {
    Optional<CuePoint> known = cues.newest(cue -> cue.key().equals(key));
    boolean now = time.isEmpty();
    long start = now ? signal.mediaNanos() : signal.nanosAt(time.getAsLong());
    if (known.isPresent()) {
      CuePoint cue = known.get();
      boolean starting = cue.startsAtCut() || cue.state() == CueState.OUT;
      if (now ? starting : Math.abs(cue.startNanos() - start) < SAME_NANOS) {
        return repeated(cue, planned, autoReturn);
      }
      if (cue.state() == CueState.ANNOUNCED) {
        cues.remove(cue);
      } else if (!cue.isOver()) {
        if (start <= cues.edgeNanos()) {
          return new CueOutcome.Ignored("late");
        }
        cues.endAt(cue, start, Optional.empty());
      }
    }
    if (cues.isFull()) {
      return new CueOutcome.Ignored("too-many");
    }
    boolean atCut = now || start < cues.edgeNanos();
    return add(
        signal,
        key,
        Kind.SPLICE,
        name,
        atCut ? cues.edgeNanos() : start,
        atCut,
        planned,
        autoReturn);
  }

  private CueOutcome repeated(CuePoint cue, OptionalLong planned, boolean autoReturn) {
    if (cue.isOver() || (cue.plannedNanos().equals(planned) && cue.autoReturn() == autoReturn)) {
      return new CueOutcome.Ignored("repeated");
    }
    cues.replace(cue.planned(planned, autoReturn));
    return new CueOutcome.Changed(cue.id());
  }

  /** Some senders number the return as an event of its own; then it is of what goes on. */
  private CueOutcome in(CueSignal signal, SpliceKey key, OptionalLong time) {
    Optional<CuePoint> found =
        cues.newest(cue -> cue.state() == CueState.OUT && cue.key().equals(key))
            .or(() -> cues.newest(cue -> !cue.isOver() && cue.key().equals(key)))
            .or(() -> cues.newest(cue -> cue.state() == CueState.OUT && cue.key().isLike(key)));
    if (found.isEmpty()) {
      return new CueOutcome.Ignored("nothing-to-end");
    }
    CuePoint cue = found.get();
    Optional<Buffer> section = Optional.of(signal.bytes());
    if (time.isEmpty() || signal.nanosAt(time.getAsLong()) < cues.edgeNanos()) {
      return cues.endNow(cue, section);
    }
    long end = signal.nanosAt(time.getAsLong());
    if (cue.endNanos().isPresent()
        && !cue.endsAtCut()
        && Math.abs(cue.endNanos().getAsLong() - end) < SAME_NANOS) {
      return new CueOutcome.Ignored("repeated");
    }
    return cues.endAt(cue, end, section);
  }

  private CueOutcome cancel(long eventId, Class<? extends SpliceKey> kind) {
    Optional<CuePoint> found =
        cues.newest(
            cue ->
                !cue.isOver()
                    && kind.isInstance(cue.key())
                    && switch (cue.key()) {
                      case SpliceKey.Insert insert -> insert.eventId() == eventId;
                      case SpliceKey.Segmentation one -> one.eventId() == eventId;
                      case SpliceKey.ById _ -> false;
                    });
    return found.isEmpty()
        ? new CueOutcome.Ignored("nothing-to-cancel")
        : cues.endNow(found.get(), Optional.empty());
  }

  private CueOutcome mark(CueSignal signal, OptionalLong time, boolean repeated) {
    if (repeated || (time.isEmpty() && isMarked(signal))) {
      return new CueOutcome.Ignored("repeated");
    }
    if (cues.isFull()) {
      return new CueOutcome.Ignored("too-many");
    }
    long start = time.isEmpty() ? signal.mediaNanos() : signal.nanosAt(time.getAsLong());
    String name =
        "command-%08x".formatted(signal.bytes().getUnsignedInt(signal.bytes().length() - 4));
    return add(
        signal,
        new SpliceKey.ById(name),
        Kind.MARK,
        name,
        start,
        false,
        OptionalLong.empty(),
        false);
  }

  private boolean isMarked(CueSignal signal) {
    return cues.newest(
            cue -> cue.kind() == Kind.MARK && cue.out().filter(signal.bytes()::equals).isPresent())
        .isPresent();
  }

  /** Event ids are used again, so the date is in the name (RFC 8216bis 4.4.5.1.1). */
  private CueOutcome add(
      CueSignal signal,
      SpliceKey key,
      Kind kind,
      String name,
      long start,
      boolean atCut,
      OptionalLong planned,
      boolean autoReturn) {
    return cues.add(
        new CuePoint(
            cues.nextNumber(),
            cues.free(name + "-" + cues.date(start).toEpochMilli()),
            key,
            kind,
            CueState.ANNOUNCED,
            "",
            start,
            atCut,
            Instant.EPOCH,
            planned,
            autoReturn,
            OptionalLong.empty(),
            false,
            Optional.empty(),
            Optional.of(signal.bytes()),
            Optional.empty(),
            new TreeMap<>()));
  }

  private static List<CueOutcome> ignored(String reason) {
    return List.of(new CueOutcome.Ignored(reason));
  }
}
