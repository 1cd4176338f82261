package io.millrace.media;

import io.millrace.media.HeldSamples.Held;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a publisher's timestamps, however wrong, times that readers can rely on: within a run
 * decoding times rise strictly in each track, tracks keep the distance that the source gave them,
 * and only a real break of all tracks becomes a discontinuity. No sample is dropped or doubled.
 *
 * <p>A timestamp that does not continue its track's is not judged alone. From there on samples wait
 * until the next ones tell what happened, about a frame long and at most a second:
 *
 * <pre>
 * plausible --not plausible--> SUSPECT --the track comes back----------> outliers, spread between
 *     ^                          |     --another track goes on as it was> a jump of one track, taken out
 *     |                          |     --all jumped, back under a second> a small step, taken out
 *     |                          |     --all jumped, after a late break-> taken out as well
 *     |                          |     --all jumped inside a group-----> taken out, for pictures' sake
 *     |                          |     --all jumped---------------------> one discontinuity
 *     +--------------------------+
 * </pre>
 *
 * <p>Where the clocks of all tracks stand still while samples come, times go on with the time of
 * arrival ({@link StandingClock}), so that what is kept for a time is not kept for ever.
 *
 * <p>A track that falls far behind the others step by step, and stays there while all come at the
 * pace of the wall clock, has a clock of its own that stood still: it is put back beside them.
 *
 * <p>Pure and confined to the stream's home context; {@code nowNanos} is {@link System#nanoTime}.
 * Where media comes at the pace of the wall clock, that clock helps to tell a jump from a pause.
 */
final class SourceTimeline {
  /** Takes what comes out, in order. */
  interface Outlet {
    /** The next sample starts a new run. */
    void broken(long arrivedNanos);

    void sample(Sample sample, long arrivedNanos);
  }

  /** Counts what was repaired. */
  interface Journal {
    void repaired(TimestampRepair repair, int samples);
  }

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** A step back up to here is disorder; the sample is moved behind the one before. */
  private static final long DISORDER = 100 * MILLI;

  /** A step back of all tracks up to here is taken out without a discontinuity. */
  private static final long SMALL_STEP_BACK = SECOND;

  /** A step ahead up to here is a pause. */
  private static final long PAUSE = 3 * SECOND;

  /** A step ahead beyond this is a break, even when as much time has passed. */
  private static final long LONGEST_PAUSE = 10 * SECOND;

  /** Media between two breaks; what jumps sooner is taken out, so that breaks stay rare. */
  private static final long BREAK_DISTANCE = SECOND;

  private static final long PATIENCE = SECOND;
  private static final int MOST_ROUNDS = 20;
  private static final long ACTIVE = 2 * SECOND;

  private final Journal journal;
  private final RunOutput run;
  private final SourceTracks tracks = new SourceTracks();
  private final HeldSamples held = new HeldSamples();
  private final StandingClock clock = new StandingClock();
  private @Nullable SourceTrack suspect;
  private long suspectSinceNanos;
  private boolean hasBroken;

  /** How often what waits has been judged within one judgement. */
  private int rounds;

  SourceTimeline(Journal journal, Outlet out) {
    this.journal = journal;
    this.run = new RunOutput(journal, out);
  }

  /** The tracks of the samples that follow; those that stay keep their place. */
  void tracks(List<Track> described) {
    flush();
    tracks.describe(described);
  }

  /** Another publisher, or a break that the publisher itself told: all begins anew. */
  void restart() {
    flush();
    tracks.clear();
    clock.restart();
    hasBroken = false;
    run.restart();
  }

  /** Takes the next sample as the publisher timed it. */
  void accept(Sample sample, long nowNanos) {
    clock.arrives(nowNanos);
    if (clock.stands()) {
      journal.repaired(TimestampRepair.STANDSTILL, 1);
    }
    long shift = tracks.of(sample).ticks(clock.shiftNanos());
    take(shift == 0 ? sample : sample.at(sample.dts() + shift), nowNanos);
  }

  private void take(Sample sample, long nowNanos) {
    SourceTrack track = tracks.of(sample);
    if (suspect == null && !track.started) {
      begin(track, sample);
    }
    boolean plausible = isPlausible(track, sample, nowNanos) && !track.continuesJump(sample);
    if (suspect == null && !plausible) {
      plausible = takesAnothersOffset(track, sample, nowNanos);
    }
    if (suspect == null && plausible) {
      returnFromBehind(track, sample, nowNanos);
      emit(track, sample, nowNanos);
      return;
    }
    if (suspect == null) {
      suspect = track;
      suspectSinceNanos = nowNanos;
    }
    if (plausible && track == suspect) {
      comesBack(track, sample, nowNanos);
      return;
    }
    held.add(new Held(track, sample, nowNanos, !plausible));
    SourceTrack other = tracks.furthest(track);
    track.waits(sample, !plausible, other == null ? Long.MIN_VALUE : other.reachedNanos());
    decide(nowNanos);
  }

  /** Decides about what has waited too long; called now and then, also when nothing comes. */
  void tick(long nowNanos) {
    if (suspect != null) {
      decide(nowNanos);
    }
  }

  /** Decides at once about what waits. */
  void flush() {
    while (suspect != null) {
      giveUpWaiting();
    }
  }

  /**
   * A track's first sample: beside the others, which share the source's clock, or else with them.
   */
  private void begin(SourceTrack track, Sample sample) {
    SourceTrack other = tracks.furthest(track);
    if (other == null || (track.hasOwnOffset && track.isBeside(other, sample))) {
      return;
    }
    if (!track.joins(other, sample)) {
      journal.repaired(TimestampRepair.TRACK_START, 1);
    }
  }

  /**
   * A track that has a clock of its own goes on beside the others. They may wait for it, but not
   * for as long as it would be behind them.
   */
  private void returnFromBehind(SourceTrack track, Sample sample, long nowNanos) {
    SourceTrack other = tracks.furthest(track);
    if (other != null
        && track.started
        && track.strays(track.nanosOf(sample), other.lastNanos(), nowNanos)) {
      track.joins(other, sample);
      journal.repaired(TimestampRepair.TRACK_JUMP, 1);
    }
  }

  private boolean isPlausible(SourceTrack track, Sample sample, long nowNanos) {
    if (!track.started) {
      // It has begun while others wait: it belongs to whatever they turn out to be.
      return suspect == null;
    }
    long step = track.nanosOf(sample) - track.reachedNanos();
    if (step <= PAUSE) {
      return step >= -DISORDER;
    }
    SourceTrack other = tracks.furthest(track);
    if (other != null && track.nanosOf(sample) <= other.reachedNanos() + PAUSE) {
      return true;
    }
    boolean timePassed = nowNanos - track.lastArrivedNanos >= step / 2;
    return step <= LONGEST_PAUSE && (timePassed || !run.isPaced(track, nowNanos));
  }

  /** A track that follows another's jump late, or returns from a clock of its own. */
  private boolean takesAnothersOffset(SourceTrack track, Sample sample, long nowNanos) {
    long own = track.offset;
    for (SourceTrack other : tracks) {
      long others = track.ticks(other.scale.toNanos(other.offset));
      if (other != track && other.started && Math.abs(others - own) > track.ticks(DISORDER)) {
        track.offset = others;
        if (isPlausible(track, sample, nowNanos)) {
          journal.repaired(TimestampRepair.TRACK_JUMP, 1);
          return true;
        }
      }
    }
    track.offset = own;
    return false;
  }

  private void decide(long nowNanos) {
    if (rounds >= MOST_ROUNDS) {
      goOnOneByOne();
      return;
    }
    rounds++;
    try {
      judge(nowNanos);
    } finally {
      rounds--;
    }
  }

  /** What is judged again and again has no meaning: each sample goes on from the one before. */
  private void goOnOneByOne() {
    for (Held waiting : takeHeld()) {
      SourceTrack track = waiting.track();
      if (track.started) {
        track.offset = tracks.expected(track) - waiting.sample().dts();
      } else {
        begin(track, waiting.sample());
      }
      emit(track, waiting.sample(), waiting.arrivedNanos());
    }
  }

  private void judge(long nowNanos) {
    SourceTrack first = suspect;
    if (first == null) {
      return;
    }
    boolean allJumped = true;
    for (SourceTrack track : tracks) {
      boolean active = track.started && suspectSinceNanos - track.lastArrivedNanos <= ACTIVE;
      if (track != first && active && track.jumpedSamples == 0) {
        allJumped = false;
        if (track.progressNanos() >= PATIENCE && first.jumpedSamples > 0) {
          jumpedAlone();
          return;
        }
      }
    }
    if (allJumped && first.jumpedSamples > 1) {
      allJumped();
    } else if (nowNanos - suspectSinceNanos >= PATIENCE || held.isFull()) {
      giveUpWaiting();
    }
  }

  private void giveUpWaiting() {
    for (SourceTrack track : tracks) {
      if (track.jumpedSamples == 0 && track.progressNanos() > 0) {
        jumpedAlone();
        return;
      }
    }
    allJumped();
  }

  /** The suspect's samples since its jump were outliers: it goes on where it was. */
  private void comesBack(SourceTrack track, Sample sample, long nowNanos) {
    long from = track.last;
    long room = Math.max(0, sample.dts() + track.offset - from);
    int outliers = track.jumpedSamples;
    journal.repaired(TimestampRepair.OUTLIER, outliers);
    int placed = 0;
    for (Held waiting : takeHeld()) {
      if (waiting.track() == track) {
        placed++;
        long dts = from + room * placed / (outliers + 1);
        emit(track, waiting.sample().at(dts - track.offset), waiting.arrivedNanos());
      } else {
        take(waiting.sample(), waiting.arrivedNanos());
      }
    }
    take(sample, nowNanos);
  }

  /** What has jumped goes on at once; the others have been going on as they were. */
  private void jumpedAlone() {
    for (SourceTrack track : tracks) {
      if (track.jumpedSamples > 0 && track.started && !track.hasJumpedHome()) {
        track.offset += tracks.shiftToExpected(track);
        journal.repaired(TimestampRepair.TRACK_JUMP, 1);
      }
    }
    List<SourceTrack> goOn = new ArrayList<>();
    for (Held waiting : takeHeld()) {
      SourceTrack track = waiting.track();
      Sample sample = waiting.sample();
      boolean leaps = leaps(track, sample);
      if (waiting.jumped() && track.started && suspect == null && !goOn.contains(track)) {
        goOn.add(track);
        track.offset += leaps ? tracks.expected(track) - (sample.dts() + track.offset) : 0;
        leaps = false;
      }
      if (leaps || suspect != null || !track.started) {
        take(sample, waiting.arrivedNanos());
      } else {
        emit(track, sample, waiting.arrivedNanos());
      }
    }
  }

  /** What jumped need not go on from its first sample: another jump ahead is judged anew. */
  private boolean leaps(SourceTrack track, Sample sample) {
    long others = tracks.furthestNanos(track);
    return track.nanosOf(sample) - LONGEST_PAUSE > Math.max(track.lastNanos(), others);
  }

  private void allJumped() {
    SourceTrack first = suspect;
    boolean small = true;
    List<SourceTrack> jumpers = new ArrayList<>();
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (SourceTrack track : tracks) {
      if (track.jumpedSamples > 0) {
        jumpers.add(track);
        small &= track.started && track.jumpNanos() < 0 && track.jumpNanos() >= -SMALL_STEP_BACK;
        least = Math.min(least, track.jumpNanos());
        most = Math.max(most, track.jumpNanos());
      }
    }
    // Clocks that made the same jump differ as they did before.
    boolean alike = most - least <= DISORDER;
    boolean inside = held.jumpInsideGroup(PAUSE);
    boolean takenOut = small || inside || isTooSoonToBreak();
    List<Held> waiting = takeHeld();
    for (Held old : waiting) {
      if (!old.jumped()) {
        emit(old.track(), old.sample(), old.arrivedNanos());
      }
    }
    if (takenOut) {
      journal.repaired(inside && !small ? TimestampRepair.JUMP : TimestampRepair.STEP_BACK, 1);
      if ((small || alike) && first != null && first.started) {
        long shift = first.scale.toNanos(tracks.shiftToExpected(first));
        tracks.forEach(track -> track.offset += track.ticks(shift));
      } else {
        jumpers.forEach(track -> track.offset += track.started ? tracks.shiftToExpected(track) : 0);
      }
    } else {
      tracks.forEach(track -> track.restart(alike));
      run.restart();
      hasBroken = true;
    }
    boolean told = takenOut;
    for (Held jumped : waiting) {
      if (jumped.jumped()) {
        if (!told) {
          run.breakAt(jumped.arrivedNanos());
          told = true;
        }
        take(jumped.sample(), jumped.arrivedNanos());
      }
    }
  }

  private boolean isTooSoonToBreak() {
    long reached = tracks.reachedNanos();
    return hasBroken && reached != Long.MIN_VALUE && run.isShorterThan(BREAK_DISTANCE, reached);
  }

  private List<Held> takeHeld() {
    List<Held> taken = held.take();
    suspect = null;
    tracks.forEach(SourceTrack::forgetJump);
    return taken;
  }

  private void emit(SourceTrack track, Sample sample, long arrivedNanos) {
    boolean goesOn = track.started;
    long before = track.lastNanos() - track.movedNanos;
    run.sample(track, sample, arrivedNanos, tracks.furthestNanos(track));
    track.movedNanos = clock.shiftNanos();
    if (goesOn) {
      clock.goesOn(track, track.lastNanos() - track.movedNanos - before);
    }
  }
}
