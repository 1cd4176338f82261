package io.millrace.packager.segment;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rung: the samples that have come of it, and the segments of the leader that it has not made
 * yet.
 *
 * <pre>
 *   unbegun ──the first sample of a segment──► writing ──cut──► unbegun
 *      └──another sample, or none──► spoilt ──cut──► unbegun            (a gap)
 *   writing ──something is missing──► spoilt ──cut──► unbegun           (its last sample lasts longer)
 *
 *   where parts are listed:
 *   writing ──something is missing──► losing ──cut──► unbegun           (a gap behind its parts)
 *   unbegun ──nothing comes─────────► losing ──cut──► unbegun           (a gap that grows by parts)
 * </pre>
 */
final class RungLine {
  /** How much later than a timeline sound may start. */
  private static final long LATEST_SOUND_NANOS = 250_000_000;

  /** So much behind the leader its time is lost, so that a rung that comes again may start. */
  private static final long LOST_BEHIND_NANOS = 1_000_000_000;

  /** How much memory may wait: many seconds of the highest rung. */
  private static final long MOST_BYTES = 16L << 20;

  /**
   * A sample that is in no segment yet.
   *
   * @param follows whether it follows the one before, so that nothing is missing between the two
   */
  private record Waiting(Track track, Sample sample, boolean follows) {
    long ticks() {
      return sample.dts();
    }
  }

  private final String name;
  private final SegmentFormat format;
  private final RungSegmenter.Lines output;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  /** Those of the leader's that are cut, and not yet here. */
  private final Deque<LeadSegment> cuts = new ArrayDeque<>();

  private @Nullable Track track;
  private boolean follows;
  private boolean ended;

  private @Nullable Track written;
  private @Nullable TrackWriter writer;
  private boolean begun;
  private boolean spoilt;

  /** Whether the next sample can be decoded behind what was written last. */
  private boolean unbroken;

  private long startTicks;
  private long endTicks;
  private long lastMsn = -1;
  private long stepTicks;
  private @Nullable Timescale stepTimescale;
  private long waitingBytes;
  private long dropped;
  private boolean away;
  private long seenMsn = -1;
  private Instant seen = Instant.MIN;
  private Instant lastSample;
  private Instant lastClosed;
  private final RungSilence silence;

  /** Whether the open segment's rest is lost. */
  private boolean losing;

  /** Whether the source has stopped: then what encoders hold back is no loss worth a gap. */
  private boolean levels;

  RungLine(String name, SegmentFormat format, RungSegmenter.Lines output, Instant now) {
    this.name = name;
    this.format = format;
    this.output = output;
    this.lastSample = now;
    this.lastClosed = now;
    this.silence = new RungSilence(now);
  }

  void leaderCut(LeadSegment closed) {
    cuts.addLast(closed);
  }

  /** Nothing more comes before a discontinuity. */
  void lost() {
    silence.lost();
  }

  void accept(MediaEvent event, Instant now) {
    switch (event) {
      case MediaEvent.TracksReady(var tracks) -> {
        Track next = chosen(tracks);
        follows &= next != null && next.equals(track);
        track = next;
      }
      case MediaEvent.SampleReady(var sample) -> sample(sample, now);
      case MediaEvent.Discontinuity _ -> follows = false;
      case MediaEvent.Ended _ -> ended = true;
    }
  }

  /** The same as before where it is still there: of several sounds it is the first. */
  private @Nullable Track chosen(List<Track> tracks) {
    Track before = track;
    for (Track each : tracks) {
      if (before != null && each.id().equals(before.id())) {
        return each;
      }
    }
    return tracks.isEmpty() ? null : tracks.getFirst();
  }

  private void sample(Sample sample, Instant now) {
    Track of = track;
    if (of == null || !of.id().equals(sample.track())) {
      return;
    }
    waiting.addLast(new Waiting(of, sample, follows));
    waitingBytes += SampleMemory.of(sample);
    follows = true;
    away = false;
    silence.heard();
    lastSample = now;
    if (waitingBytes > MOST_BYTES) {
      dropped += waiting.size();
      waiting.clear();
      waitingBytes = 0;
      follows = false;
    }
  }

  boolean isLevel() {
    return written == null || cuts.isEmpty();
  }

  boolean isOver() {
    return ended && isLevel();
  }

  long dropped() {
    return dropped;
  }

  /**
   * Writes what belongs to the leader's segments so far, and closes those that are whole.
   *
   * @param open the leader's open one
   * @param patience how long a segment may be waited for behind the one before
   */
  void advance(@Nullable LeadSegment open, Instant now, Duration patience) {
    LeadSegment newest = open != null ? open : cuts.peekLast();
    look(newest, now);
    while (!cuts.isEmpty()) {
      if (newest != null && isLost()) {
        if (!lose(cuts.getFirst(), true, newest)) {
          return;
        }
        close(cuts.removeFirst(), now);
        continue;
      }
      boolean due = written != null && isDue(cuts.getFirst(), now, patience);
      boolean waits = !away && !due && !ended && track != null;
      if (!take(cuts.getFirst(), true, waits)) {
        return;
      }
      close(cuts.removeFirst(), now);
      away |= due && waiting.isEmpty() && !now.isBefore(lastSample.plus(patience.dividedBy(2)));
    }
    if (open != null && isLost()) {
      lose(open, false, open);
    } else if (open != null) {
      take(open, false, true);
    }
  }

  private void look(@Nullable LeadSegment newest, Instant now) {
    Track of = written;
    long reached = waiting.isEmpty() ? endTicks : waiting.getLast().ticks();
    silence.look(of != null && newest != null && lostUntil(newest, of) > reached, now);
  }

  /** How far nobody waits any longer for what does not come. */
  private static long lostUntil(LeadSegment newest, Track of) {
    return newest.endIn(of) - of.timescale().ofNanos(LOST_BEHIND_NANOS);
  }

  /** Whether nothing more is expected of the segment that comes next, so that its time is lost. */
  private boolean isLost() {
    if (!format.listsParts() || written == null || ended) {
      return false;
    }
    return losing || silence.isTooLong() || (begun && (silence.isGone() || isInterrupted()));
  }

  /** Whether something is missing between what is written and what waits. */
  private boolean isInterrupted() {
    Waiting next = waiting.size() < 2 ? null : second();
    return !waiting.isEmpty()
        && (!waiting.getFirst().follows() || (next != null && !next.follows()));
  }

  /**
   * Writes what has come of a segment of the leader, and lists the rest as lost, as far as that is
   * long enough ago.
   *
   * @param newest how far the leader is
   * @return whether it has all that it gets
   */
  private boolean lose(LeadSegment lead, boolean isCut, LeadSegment newest) {
    Track of = written;
    if (of == null) {
      return isCut;
    }
    if (!losing) {
      takeRest(lead, isCut);
    }
    if (isCut && isWhole(lead)) {
      return true;
    }
    long behind = lostUntil(newest, of);
    long until = Math.min(lead.endIn(of), behind);
    if (until > (begun ? endTicks : start(lead, of))) {
      if (!begun) {
        begin(of, lead, start(lead, of));
      }
      loseUntil(until);
    }
    return isCut && behind >= lead.endIn(of);
  }

  /** Writes the samples that wait for a segment, the last of them as long as its like. */
  private void takeRest(LeadSegment lead, boolean isCut) {
    for (Waiting first = waiting.peekFirst(); first != null; first = waiting.peekFirst()) {
      Waiting next = second();
      boolean isFollowed = next != null && next.follows();
      measure(first, isFollowed ? next : null);
      if (isBehind(first, lead) || (!isCut && isBeyond(first, lead))) {
        return;
      }
      if (!belongs(first, lead)) {
        drop();
      } else if (next != null && isFollowed) {
        write(first, lead, end(first, next, lead, isCut));
      } else {
        write(first, lead, restEnd(first, lead, isCut));
        return;
      }
    }
  }

  private void loseUntil(long ticks) {
    TrackWriter to = writer;
    if (to != null) {
      to.lose(endTicks, ticks);
      losing = true;
      spoilt = true;
      unbroken = false;
    }
  }

  /** Whether a cut was long enough to be seen, and the playlist is to have an update. */
  private boolean isDue(LeadSegment lead, Instant now, Duration patience) {
    if (lead.msn() != seenMsn) {
      seenMsn = lead.msn();
      seen = now;
    }
    return !now.isBefore(lastClosed.plus(patience))
        && !now.isBefore(seen.plus(patience.dividedBy(9)));
  }

  /** Closes whatever is cut, with what has come; the playlist has an update with it. */
  void level(Instant now) {
    lastClosed = now;
    levels = true;
    while (!cuts.isEmpty()) {
      take(cuts.getFirst(), true, false);
      close(cuts.removeFirst(), now);
    }
    levels = false;
  }

  /**
   * Writes the samples that belong to a segment of the leader.
   *
   * @param waits whether more may come for it
   * @return whether it has all that it gets
   */
  private boolean take(LeadSegment lead, boolean isCut, boolean waits) {
    while (true) {
      Waiting first = waiting.peekFirst();
      if (first == null) {
        return !waits || (isCut && isWhole(lead));
      }
      Waiting next = second();
      boolean isFollowed = next != null && next.follows();
      measure(first, isFollowed ? next : null);
      if (isBehind(first, lead)) {
        return true;
      }
      if (next == null && waits && !(isCut && reachesEnd(first, lead))) {
        return false;
      }
      if (!belongs(first, lead)) {
        drop();
      } else if (next != null && isFollowed && (isCut || !isBeyond(next, lead))) {
        write(first, lead, end(first, next, lead, isCut));
      } else if (isCut) {
        write(first, lead, restEnd(first, lead, true));
        spoilt = true;
      } else {
        return false;
      }
    }
  }

  /** Whether a sample lasts until a segment's end, so that it is the last one. */
  private boolean reachesEnd(Waiting sample, LeadSegment lead) {
    return sample.ticks() + stepTicks * 3 / 2 >= lead.endIn(sample.track());
  }

  /** Whether the last sample of a segment is written. */
  private boolean isWhole(LeadSegment lead) {
    Track of = written;
    return begun && of != null && endTicks + stepTicks / 2 >= lead.endIn(of);
  }

  /** Ticks from one sample to the next as last seen; of another timescale nothing is known. */
  private void measure(Waiting sample, @Nullable Waiting next) {
    if (!sample.track().timescale().equals(stepTimescale)) {
      stepTimescale = sample.track().timescale();
      stepTicks = 0;
    }
    if (next != null && next.ticks() > sample.ticks()) {
      stepTicks = next.ticks() - sample.ticks();
    }
  }

  /** Whether a sample can be written behind what there is of a segment. */
  private boolean belongs(Waiting sample, LeadSegment lead) {
    if (begun) {
      spoilt |= !sample.follows() || !sample.track().equals(written);
      return !spoilt;
    }
    if (sample.ticks() < start(lead, sample.track()) - stepTicks / 2) {
      return false;
    }
    boolean isDecodable = sample.sample().sync() || (unbroken && sample.follows());
    boolean isListed = written == null && lead.msn() < output.firstMsn(name);
    spoilt |= !isDecodable || isListed || sample.ticks() > latest(lead, sample.track());
    return !spoilt;
  }

  /** By when a segment's first sample is to start. */
  private long latest(LeadSegment lead, Track of) {
    long late =
        of.isVideo() || continues(lead)
            ? stepTicks / 2
            : of.timescale().ofNanos(LATEST_SOUND_NANOS);
    return start(lead, of) + late;
  }

  private @Nullable Waiting second() {
    var each = waiting.iterator();
    each.next();
    return each.hasNext() ? each.next() : null;
  }

  /** Whether a sample belongs to a later segment, its time being exact to half a step. */
  private boolean isBehind(Waiting sample, LeadSegment lead) {
    return sample.ticks() + stepTicks / 2 >= lead.endIn(sample.track());
  }

  /** Whether an open segment may yet end before a sample. */
  private static boolean isBeyond(Waiting sample, LeadSegment open) {
    return sample.ticks() > open.endIn(sample.track());
  }

  /** Where a sample ends: with the next one, or with a segment of pictures. */
  private long end(Waiting sample, Waiting next, LeadSegment lead, boolean isCut) {
    boolean isLast = isCut && isBehind(next, lead);
    boolean meets = next.ticks() - lead.endIn(sample.track()) <= stepTicks;
    return isLast && (sample.track().isVideo() || !meets)
        ? lead.endIn(sample.track())
        : next.ticks();
  }

  /** Where a segment's last sample ends: with the segment, or as a frame of sound that meets it. */
  private long lastEnd(Waiting sample, LeadSegment lead) {
    boolean isFrame = !sample.track().isVideo() && reachesEnd(sample, lead);
    return isFrame ? sample.ticks() + stepTicks : lead.endIn(sample.track());
  }

  /** Where parts are listed, the time behind it is lost, unless that is none. */
  private long restEnd(Waiting sample, LeadSegment lead, boolean isCut) {
    return (isCut && reachesEnd(sample, lead)) || !format.listsParts() || levels
        ? lastEnd(sample, lead)
        : sample.ticks() + Math.max(1, stepTicks);
  }

  private boolean continues(LeadSegment lead) {
    return !lead.discontinuity() && lastMsn >= 0 && lead.msn() == lastMsn + 1;
  }

  /** Sound goes on where it ended, which is beside the leader's cut by part of a frame. */
  private long start(LeadSegment lead, Track of) {
    return continues(lead) && !of.isVideo() ? endTicks : lead.startIn(of);
  }

  private void write(Waiting sample, LeadSegment lead, long end) {
    waiting.removeFirst();
    waitingBytes -= SampleMemory.of(sample.sample());
    if (!begun) {
      begin(sample, lead);
    }
    TrackWriter to = writer;
    if (to != null) {
      long from = begunAt(sample);
      to.add(decodedAt(sample, from), Math.max(0, end - from));
      endTicks = Math.max(endTicks, end);
      unbroken = true;
    }
  }

  private void begin(Waiting sample, LeadSegment lead) {
    long start = start(lead, sample.track());
    boolean isFirstSound = !sample.track().isVideo() && !continues(lead);
    begin(sample.track(), lead, isFirstSound ? sample.ticks() : start);
  }

  private void begin(Track of, LeadSegment lead, long start) {
    if (!of.equals(written)) {
      output.describe(name, of, lead.msn());
      writer = format.open(name, of);
      written = of;
    }
    startTicks = start;
    endTicks = startTicks;
    begun = true;
    TrackWriter to = writer;
    if (to != null) {
      to.begin(new SegmentStart(lead.msn(), lead.nanosOf(startTicks, of), lead.discontinuity()));
    }
  }

  /** A segment's first sample is decoded where the segment starts, to the tick. */
  private long begunAt(Waiting sample) {
    return endTicks == startTicks ? startTicks : sample.ticks();
  }

  /** A picture is shown when it was to be. */
  private static Sample decodedAt(Waiting waiting, long ticks) {
    Sample sample = waiting.sample();
    long moved = waiting.track().isVideo() ? sample.dts() - ticks : 0;
    return sample.dts() == ticks
        ? sample
        : new Sample(
            sample.track(),
            ticks,
            (int) (sample.compositionOffset() + moved),
            sample.sync(),
            sample.payload());
  }

  private void drop() {
    Waiting sample = waiting.removeFirst();
    waitingBytes -= SampleMemory.of(sample.sample());
    dropped++;
    unbroken = false;
  }

  /** Ends the open segment where the leader's ended; sound, with its last frame. */
  private void close(LeadSegment lead, Instant now) {
    Track of = written;
    TrackWriter to = writer;
    if (of != null && to != null) {
      long end = lead.endIn(of);
      if (!begun) {
        startTicks = start(lead, of);
        unbroken = false;
      }
      boolean isFrame = begun && !of.isVideo() && Math.abs(endTicks - end) <= stepTicks;
      long boundary = Math.max(startTicks + 1, isFrame ? endTicks : end);
      if (begun && (losing || boundary - endTicks > stepTicks / 2) && format.listsParts()) {
        loseUntil(boundary);
      }
      to.cut(
          new Cut(
              lead.msn(),
              startTicks,
              boundary - startTicks,
              lead.nanosOf(startTicks, of),
              lead.discontinuity()));
      endTicks = boundary;
      lastMsn = lead.msn();
      lastClosed = now;
    }
    begun = false;
    spoilt = false;
    losing = false;
  }
}
