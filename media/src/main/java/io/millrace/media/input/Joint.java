package io.millrace.media.input;

import io.millrace.media.Sample;
import io.millrace.media.TrackId;
import io.millrace.media.input.Backlog.Waiting;
import io.millrace.media.input.KeyMarks.Agreement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one input goes on from another.
 *
 * <pre>
 * same tracks, key frames of the same times with the same bytes: one encode that comes twice
 *     --> EXACT: each track goes on behind the last sample that the other input has delivered
 * same tracks, key frames of the same times and other bytes: two encoders with one clock
 *     --> AT_KEY_FRAME: pictures go on at the first key frame behind, sound without a hole
 * anything else, or it is too far from where the other one ended
 *     --> BREAK: one discontinuity, at the first key frame behind, or else at the last one
 * </pre>
 *
 * Confined to the stream's home context.
 */
public final class Joint {
  /** How it is done. */
  public enum Kind {
    EXACT,
    AT_KEY_FRAME,
    BREAK
  }

  /**
   * Viewers wait no longer for an input that is behind, and are not spared a hole that is longer.
   */
  private static final long FARTHEST_NANOS = 3_000_000_000L;

  /** Media of the new input that viewers may have seen of the other already. */
  private static final long MOST_REPEATED_NANOS = 12_000_000_000L;

  /** By then each track has come, or what comes has nothing to do with what was before. */
  private static final long LONGEST_NANOS = 10_000_000_000L;

  private final Kind kind;
  private final Delivered from;
  private final @Nullable TrackId lead;
  private final long sinceNanos;
  private final Set<TrackId> joined = new HashSet<>();
  private final List<Waiting> replayed;

  private Joint(Kind kind, Delivered from, Backlog to, int skipped, long nowNanos) {
    this.kind = kind;
    this.from = from;
    this.lead = Lead.of(to.tracks());
    this.sinceNanos = nowNanos;
    this.replayed = replay(to, skipped);
  }

  /**
   * Decides, of inputs as they are now.
   *
   * @param from the input that has been on air
   * @param to the one that takes over
   */
  public static Joint between(Delivered from, Backlog to, long nowNanos) {
    TrackId lead = Lead.of(from.tracks());
    Agreement agreement =
        lead != null && from.tracks().equals(to.tracks())
            ? from.marks().with(to.marks())
            : Agreement.NONE;
    if (lead != null && agreement == Agreement.BYTES && goesOn(from, to, lead)) {
      return new Joint(Kind.EXACT, from, to, 0, nowNanos);
    }
    if (lead != null && agreement != Agreement.NONE && hasKeyBehind(from, to, lead)) {
      return new Joint(Kind.AT_KEY_FRAME, from, to, 0, nowNanos);
    }
    return new Joint(Kind.BREAK, from, to, keyForBreak(from, to, nowNanos), nowNanos);
  }

  public Kind kind() {
    return kind;
  }

  /** What had waited and is to be delivered first, in order. */
  public List<Waiting> replayed() {
    return replayed;
  }

  /** Whether a sample that comes now is to be delivered. */
  public boolean takes(Sample sample) {
    if (joined.contains(sample.track())) {
      return true;
    }
    boolean isLead = sample.track().equals(lead);
    Delivered.Reach reach = from.reach(sample.track());
    boolean takes =
        switch (kind) {
          case EXACT -> reach == null || !reach.covers(sample);
          case AT_KEY_FRAME ->
              (reach == null || !reach.covers(sample)) && (!isLead || sample.sync());
          case BREAK -> lead == null || (isLead ? sample.sync() : joined.contains(lead));
        };
    if (takes) {
      joined.add(sample.track());
    }
    return takes;
  }

  /** Whether everything that comes is to be delivered from now on. */
  public boolean isOver(long nowNanos) {
    boolean leads = lead == null || joined.contains(lead);
    return (kind == Kind.BREAK && leads) || nowNanos - sinceNanos > LONGEST_NANOS;
  }

  /**
   * @param skipped how many of what waits are of no use; negative where all are
   */
  private List<Waiting> replay(Backlog to, int skipped) {
    List<Waiting> replay = new ArrayList<>();
    int at = 0;
    for (Waiting next : to.waiting()) {
      if (skipped >= 0 && at++ >= skipped && takes(next.sample())) {
        replay.add(
            new Waiting(next.sample(), Math.max(next.arrivedNanos(), from.lastMediaNanos())));
      }
    }
    return List.copyOf(replay);
  }

  /** Whether what waits has what comes next, and is not too far behind. */
  private static boolean goesOn(Delivered from, Backlog to, TrackId lead) {
    long reached = from.lastNanos(lead);
    Delivered.Reach reach = from.reach(lead);
    Waiting first = null;
    Waiting last = null;
    for (Waiting next : to.waiting()) {
      if (to.isLead(next.sample())) {
        first = first == null ? next : first;
        last = next;
      }
    }
    if (first == null || last == null || reach == null || reached == Long.MIN_VALUE) {
      return false;
    }
    boolean reachesBack =
        reach.covers(first.sample())
            || (first.sample().sync() && nanosOf(to, first.sample()) - reached <= FARTHEST_NANOS);
    return reachesBack && nanosOf(to, last.sample()) >= reached - FARTHEST_NANOS;
  }

  private static boolean hasKeyBehind(Delivered from, Backlog to, TrackId lead) {
    long reached = from.lastNanos(lead);
    for (Waiting next : to.waiting()) {
      if (reached != Long.MIN_VALUE && to.isKey(next)) {
        long ahead = nanosOf(to, next.sample()) - reached;
        if (ahead > 0 && ahead <= FARTHEST_NANOS) {
          return true;
        }
      }
    }
    return false;
  }

  /** How many samples stand before the key frame where a break begins; negative without one. */
  private static int keyForBreak(Delivered from, Backlog to, long nowNanos) {
    int before = -1;
    int at = 0;
    for (Waiting next : to.waiting()) {
      if (to.isKey(next)) {
        if (next.arrivedNanos() > from.lastMediaNanos()) {
          return at;
        }
        before = nowNanos - next.arrivedNanos() <= MOST_REPEATED_NANOS ? at : -1;
      }
      at++;
    }
    return before;
  }

  private static long nanosOf(Backlog to, Sample sample) {
    return Objects.requireNonNull(Lead.track(to.tracks(), sample.track()))
        .timescale()
        .toNanos(sample.dts());
  }
}
