package io.millrace.packager.segment;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.packager.cue.SpliceTimes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts the tracks of one broadcast, on the lines {@code video}, {@code audio}, {@code audio-2} and
 * so on, into segments; those of the same media sequence number cover about the same time.
 *
 * <p>One track leads: the picture, or the sound where there is no picture. The leader is cut
 *
 * <ul>
 *   <li>at a key frame, when the wish is reached or the next group of pictures might exceed the
 *       target duration (which the first of these cuts chooses), or when a splice is due,
 *   <li>before any frame with which a segment would exceed the target duration,
 *   <li>before the frame with which a segment would take more memory than {@link
 *       CutRules#MOST_BYTES}, however short it is by its timestamps,
 *   <li>where its media ends, when it is missing while another track goes on; a gap follows,
 *   <li>at the first frame behind a gap.
 * </ul>
 *
 * <p>Each cut of the leader is a time at which the other tracks are cut too: a frame belongs to the
 * segment in which its presentation starts. Another track may be ahead or behind: its segment
 * closes when a frame at or behind the cut has come, or when so much has come of any track ({@link
 * ArrivalClock}) that it is not waited for any longer: see {@link Lateness}. A segment without
 * frames is a gap. So that durations and dates are those of the frames, a track that has a
 * rendition of its own is cut where its own frames end and start again, unless what is missing can
 * be filled ({@link TrackWriter#fills}): see {@link LineSegments}. What comes before the leader's
 * first key frame, or when its time is listed already, is dropped and counted; everything else
 * comes out once and in order. What waits for cuts that do not come is bounded as well: where all
 * tracks together take twice that memory, everything is closed as it is, and a timeline of its own
 * follows.
 *
 * <p>A track whose configuration is another, but not its encoding, gets a new header and no
 * discontinuity (HLS D2): the leader is cut at its next key frame for it, other tracks take it at
 * their next cut.
 *
 * <p>Pure and confined to one thread: events in, samples and {@link Cut}s out into a {@link
 * SegmentFormat}. The wall clock's reading is an argument, from which no timestamp is made: that
 * time passes brings a cut nearer at which a late track is no longer waited for, and that little
 * has passed holds a leader's gap back.
 */
public final class Segmenter {
  private static final long LONGEST_WAIT_FOR_LEADER = 5_000_000_000L;

  /**
   * How late the leader may start in a broadcast whose target duration is chosen: as much as is
   * chosen beyond a group of pictures.
   */
  private static final long LATEST_START = 1_000_000_000L;

  /** How much memory all samples may take that are in no written segment. */
  private static final long MOST_BYTES = 2 * CutRules.MOST_BYTES;

  private final TargetDuration target;
  private final GroupCuts groups;
  private final SegmentFormat format;
  private final TrackLines lines;
  private final ArrivalClock clock = new ArrivalClock();
  private final LeaderCuts cuts;
  private final SpliceTimes splices;
  private List<Track> tracks = List.of();
  private boolean running;
  private boolean awaitsKey = true;
  private boolean breakPending;

  /** How much later the leader's last key frame is presented than decoded. */
  private long keyShiftNanos;

  /** Until then the leader's open segment starts in presentation time. */
  private boolean leaderStarted;

  private long runStartNanos;
  private long runFirstMsn;
  private long dropped;
  private long overfull;

  /** For a new broadcast. */
  public Segmenter(CutRules rules, SegmentFormat format) {
    this(rules, format, 0, 0, Set.of(), new SpliceTimes());
  }

  /**
   * For a broadcast that goes on after a restart.
   *
   * @param targetSeconds what its playlists say; 0 when none was written
   * @param nextMsn number of the next segment, which will start with a discontinuity unless 0
   * @param listed names of the lines that have segments already
   * @param splices where cuts are wanted; hears of each one at a key frame
   */
  public Segmenter(
      CutRules rules,
      SegmentFormat format,
      int targetSeconds,
      long nextMsn,
      Set<String> listed,
      SpliceTimes splices) {
    this.splices = splices;
    this.format = format;
    this.target = new TargetDuration(rules, targetSeconds);
    this.groups = new GroupCuts(rules, target);
    this.lines = new TrackLines(format, target::longestNanos, listed);
    this.cuts = new LeaderCuts(lines, target, clock, nextMsn, format.listsParts());
    this.breakPending = nextMsn > 0;
  }

  /** The target duration in seconds; 0 until the first segment has been cut. */
  public int targetSeconds() {
    return target.seconds();
  }

  /**
   * Samples dropped: decoding could not start at them, the container cannot carry them, or they
   * came when their time was listed.
   */
  public long dropped() {
    long late = 0;
    for (TrackLine line : lines) {
      late += line.dropped();
    }
    return dropped + late + format.dropped();
  }

  /** How often segments were ended because their samples took too much memory. */
  public long overfull() {
    return overfull;
  }

  /** The number that the next segment gets. */
  public long nextMsn() {
    return cuts.nextMsn();
  }

  /** Whether every line has made the leader's last cut. */
  public boolean isSettled() {
    return cuts.areSettled();
  }

  /** The tracks by the names of their lines, in the order in which these were opened. */
  public Map<String, Track> lines() {
    return lines.tracks();
  }

  /**
   * Takes the next event, and when it comes: a leader that others are ahead of is not missing
   * before as much time has passed, since they may come in bursts.
   */
  public void accept(MediaEvent event, Instant now) {
    clock.tells(now);
    switch (event) {
      case MediaEvent.TracksReady ready -> tracksReady(ready.tracks());
      case MediaEvent.SampleReady ready -> sample(ready.sample());
      case MediaEvent.Discontinuity _ -> {
        flush();
        awaitsKey = true;
        tracks = List.of();
      }
      case MediaEvent.Ended _ -> flush();
    }
  }

  /**
   * Closes the open segments with what has come so far: nothing more is expected on this timeline.
   */
  public void flush() {
    TrackLine lead = lines.leader();
    if (lead == null) {
      return;
    }
    if (!running) {
      startWithoutLeader(lead);
    }
    if (running) {
      cuts.finish(lead, runStartNanos);
      running = false;
      awaitsKey = true;
      breakPending = true;
    }
    clock.restart();
    lines.forEach(line -> line.lateness().restart());
  }

  /**
   * The media has stopped, but it may go on as if nothing had happened: closes the open segments.
   * What comes next needs no key frame but starts a timeline of its own.
   */
  public void interrupt() {
    boolean needsKey = awaitsKey;
    flush();
    awaitsKey = needsKey;
  }

  /** Leaves out one media sequence number, which somebody else has used for a gap. */
  public void skip() {
    if (running) {
      throw new IllegalStateException("segments are open");
    }
    cuts.skip();
    lines.forEach(line -> line.segments().skip());
    breakPending = true;
  }

  private void tracksReady(List<Track> ready) {
    if (ready.equals(tracks)) {
      return;
    }
    Map<String, Track> wanted = lines.placesOf(ready);
    boolean needsKey = awaitsKey || !lines.keepLeader(wanted);
    if (running && !lines.breakWith(wanted)) {
      cuts.settle();
    } else if (running && lines.canJoinInOpenSegment(wanted)) {
      lines.breakInOpenSegment();
    } else if (running || lines.wouldLose(wanted)) {
      flush();
    }
    awaitsKey = needsKey;
    tracks = ready;
    lines.place(wanted, cuts.nextMsn(), running);
  }

  private void sample(Sample sample) {
    TrackLine lead = lines.leader();
    TrackLine line = lines.of(sample.track());
    if (lead == null || line == null) {
      dropped++;
    } else if (line == lead) {
      leads(lead, sample);
    } else {
      line.arrives(sample, clock);
      line.offer(sample);
      if (!running) {
        startWithoutLeaderWhenItIsLate(lead, line);
      }
      if (running) {
        line.lateness().lags(OpenCuts.frontier(lead) - line.presentationNanos(sample));
        cuts.cutWhereMissing(lead, line);
        cuts.settle();
      }
    }
    if (lines.bytes() > MOST_BYTES) {
      overfull++;
      interrupt();
    }
  }

  private void leads(TrackLine lead, Sample sample) {
    lead.arrives(sample, clock);
    lead.lateness().lags(lines.aheadOf(lead, sample));
    if (awaitsKey && !sample.sync()) {
      dropped++;
      return;
    }
    if (sample.sync()) {
      keyShiftNanos = lead.timescale().toNanos(sample.compositionOffset());
    }
    if (!running) {
      beginRun(lead, Math.min(startNanos(lead, sample), lines.earliestWaiting()));
    }
    if (!lead.hasNothing()) {
      cuts.cutToLimit(lead, sample.dts());
    } else if (lead.isListed(
        leaderStarted ? sample.dts() : lead.timescale().ofNanos(startNanos(lead, sample)))) {
      dropped++;
      awaitsKey = lead.isVideo();
      return;
    }
    Sample next = lead.hasNothing() ? begins(lead, sample) : cutBefore(lead, sample);
    awaitsKey = false;
    if (next.sync()) {
      groups.startGroup(lead.timescale().toNanos(next.dts()));
      if (lead.hasNothing()) {
        splices.cut(lead.toNanos(lead.startTicks()), frameNanos(lead));
      }
    }
    lead.offer(next);
    lead.segments().takeBefore(Long.MAX_VALUE);
    cuts.settle();
  }

  /**
   * When the pictures from this one on begin to be presented. A run may start inside a group: there
   * what is decoded first may be presented last, and only the key frame's delay is that of all.
   */
  private long startNanos(TrackLine lead, Sample sample) {
    return lead.timescale().toNanos(sample.dts()) + keyShiftNanos;
  }

  private void beginRun(TrackLine lead, long startNanos) {
    running = true;
    leaderStarted = false;
    runStartNanos = startNanos;
    runFirstMsn = cuts.nextMsn();
    for (TrackLine line : lines) {
      line.segments().beginRun(startNanos, breakPending);
    }
    lead.segments().start(lead.timescale().ofNanos(startNanos), 0);
    breakPending = false;
  }

  private void startWithoutLeaderWhenItIsLate(TrackLine lead, TrackLine line) {
    Sample first = line.firstWaiting();
    long longest =
        target.seconds() == 0
            ? LONGEST_WAIT_FOR_LEADER
            : Math.min(LONGEST_WAIT_FOR_LEADER, target.limitNanos() + target.patienceNanos());
    if (first != null && line.endNanos() - line.presentationNanos(first) > longest) {
      startWithoutLeader(lead);
    }
  }

  private void startWithoutLeader(TrackLine lead) {
    long earliest = lines.earliestWaiting();
    if (earliest != Long.MAX_VALUE) {
      beginRun(lead, earliest);
    }
  }

  /**
   * The leader starts in an empty segment, with this sample. The time since the segment before is a
   * gap of all that are in the leader's files; the first segment of a run just starts later, unless
   * it would be too far from those of the others.
   *
   * @return the sample as it is written
   */
  private Sample begins(TrackLine lead, Sample sample) {
    long shiftNanos = keyShiftNanos;
    if (!leaderStarted) {
      lead.segments().presentAfter(shiftNanos);
    }
    leaderStarted = true;
    groups.startGroup(lead.timescale().toNanos(sample.dts()));
    if (cuts.nextMsn() == runFirstMsn && !isTooLateToStart(lead, sample)) {
      lead.segments().start(startOfFirst(lead, sample), shiftNanos);
      return sample;
    }
    cuts.cutToLimit(lead, sample.dts());
    while (sample.dts() - lead.startTicks() > lead.step() / 2) {
      target.choose(target.limitNanos());
      cuts.cut(lead, lines.gapEnd(lead, sample.dts()));
    }
    return lead.segments().join(sample);
  }

  /**
   * The first segment of a run starts with whatever is in it, be it of another track. Inside a
   * group some picture may be shown as soon as this one is decoded, so that others count from then.
   */
  private long startOfFirst(TrackLine lead, Sample sample) {
    long others = lines.earliestWaiting(TrackLine.Role.SHARES);
    if (others == Long.MAX_VALUE) {
      return sample.dts();
    }
    long ticks = sample.sync() ? lead.ticksAt(others) : lead.timescale().ofNanos(others);
    return Math.min(sample.dts(), ticks);
  }

  private boolean isTooLateToStart(TrackLine lead, Sample sample) {
    long latest = target.seconds() == 0 ? LONGEST_WAIT_FOR_LEADER : LATEST_START;
    return startNanos(lead, sample) - runStartNanos > latest;
  }

  /**
   * Decides whether a segment of the leader ends before this sample.
   *
   * @return the sample as it is written
   */
  private Sample cutBefore(TrackLine lead, Sample sample) {
    long nanos = lead.timescale().toNanos(sample.dts());
    long elapsed = nanos - lead.timescale().toNanos(lead.startTicks());
    if (elapsed <= 0) {
      return sample;
    }
    if (lead.bytes() + SampleMemory.of(sample) > CutRules.MOST_BYTES) {
      overfull++;
      target.choose(target.limitNanos());
      return cutBehindPause(lead, sample);
    }
    if (sample.sync()) {
      long sinceStart = lead.toNanos(sample.dts()) - runStartNanos;
      boolean wanted =
          lead.awaitsWriter() || splices.isDue(lead.presentationNanos(sample), frameNanos(lead));
      if (groups.endsAtKeyFrame(nanos, elapsed, sinceStart, wanted)) {
        return cutBehindPause(lead, sample);
      }
    } else if (groups.endsInside(nanos, elapsed, lead.timescale().toNanos(lead.step()))) {
      target.choose(target.limitNanos());
      cuts.cut(lead, sample.dts());
    }
    return sample;
  }

  private static long frameNanos(TrackLine lead) {
    return lead.timescale().toNanos(lead.step());
  }

  /**
   * A segment ends before a sample; with what is there already, where that is sound, the file does
   * not say how long the last frame lasts, and there is a pause (HLS F1).
   */
  private Sample cutBehindPause(TrackLine lead, Sample sample) {
    long end = lead.soundEndTicks();
    if (format.writesDurations() || lead.isVideo() || sample.dts() - end <= lead.frame()) {
      cuts.cut(lead, sample.dts());
      return sample;
    }
    cuts.cut(lead, end);
    return begins(lead, sample);
  }
}
