package io.millrace.packager.segment;

import io.millrace.media.MediaEvent;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the tracks of one broadcast, on the lines {@code video}, {@code audio}, {@code audio-2} and
 * so on, into segments; those of the same media sequence number cover the same time.
 *
 * <p>One track leads: the picture, or the sound where there is no picture. The leader is cut
 *
 * <ul>
 *   <li>at a key frame, when the wish is reached or the next group of pictures would exceed the
 *       target duration (which the first of these cuts chooses),
 *   <li>before any frame with which a segment would exceed the target duration,
 *   <li>at the target duration, when its media is missing while another track goes on.
 * </ul>
 *
 * <p>Each cut of the leader is a time at which the other track is cut too: a frame belongs to the
 * segment in which its presentation starts. The other track may be ahead or behind: its segment
 * closes when a frame at or behind the cut has come, or when the leader is half a target duration
 * past it. A segment without frames is a gap. What comes before the leader's first key frame is
 * dropped and counted; everything else comes out once and in order.
 *
 * <p>A track whose configuration is another, but not its encoding, gets a new header and no
 * discontinuity (HLS D2): the leader is cut at its next key frame for it, other tracks take it at
 * their next cut.
 *
 * <p>Pure and confined to one thread: events in, samples and {@link Cut}s out into a {@link
 * SegmentFormat}, no clock.
 */
public final class Segmenter {
  private static final long TOLERANCE = 50_000_000L;

  /** Rounding to whole seconds leaves this much room above the target duration. */
  private static final long SLACK = 400_000_000L;

  private static final long LONGEST_WAIT_FOR_LEADER = 5_000_000_000L;

  private final CutRules rules;
  private final TargetDuration target;
  private final SegmentFormat format;
  private final List<TrackLine> lines = new ArrayList<>();
  private final Deque<Long> openCuts = new ArrayDeque<>();
  private List<Track> tracks = List.of();
  private @Nullable TrackLine leader;
  private long nextMsn;
  private boolean running;
  private boolean awaitsKey = true;
  private boolean breakPending;
  private long lastKeyTicks;
  private long longestGroup;
  private long dropped;

  /** For a new broadcast. */
  public Segmenter(CutRules rules, SegmentFormat format) {
    this(rules, format, 0, 0);
  }

  /**
   * For a broadcast that goes on after a restart.
   *
   * @param targetSeconds what its playlists say; 0 when none was written
   * @param nextMsn number of the next segment, which will start with a discontinuity unless 0
   */
  public Segmenter(CutRules rules, SegmentFormat format, int targetSeconds, long nextMsn) {
    this.rules = rules;
    this.format = format;
    this.target = new TargetDuration(rules, targetSeconds);
    this.nextMsn = nextMsn;
    this.breakPending = nextMsn > 0;
  }

  /** The target duration in seconds; 0 until the first segment has been cut. */
  public int targetSeconds() {
    return target.seconds();
  }

  /** Samples dropped: decoding could not start at them, or the container cannot carry them. */
  public long dropped() {
    return dropped + format.dropped();
  }

  /** Takes the next event. */
  public void accept(MediaEvent event) {
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
    TrackLine lead = leader;
    if (lead == null) {
      return;
    }
    if (!running) {
      startWithoutLeader(lead);
    }
    if (running) {
      closeOverrun(lead);
      settle(true);
      if (lines.stream().anyMatch(line -> !line.hasNothing())) {
        finishSegments(lead);
      }
      running = false;
      awaitsKey = true;
      breakPending = true;
    }
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
    nextMsn++;
    lines.forEach(TrackLine::skip);
    breakPending = true;
  }

  /** The number that the next segment gets. */
  public long nextMsn() {
    return nextMsn;
  }

  /** The tracks by the names of their lines, the picture first. */
  public Map<String, Track> lines() {
    Map<String, Track> present = new LinkedHashMap<>();
    for (TrackLine line : lines) {
      if (line.isPresent()) {
        present.put(line.name(), line.track());
      }
    }
    return present;
  }

  private void tracksReady(List<Track> ready) {
    if (ready.equals(tracks)) {
      return;
    }
    Map<String, Track> wanted = TrackPlaces.of(ready, lines);
    if (running && !breaks(wanted)) {
      settle(false);
    } else if (!keepsAll(wanted)) {
      boolean needsKey = awaitsKey || leader == null || !isKept(leader, wanted);
      flush();
      awaitsKey = needsKey;
    }
    tracks = ready;
    for (TrackLine line : lines) {
      if (line.isPresent() && !wanted.containsKey(line.name())) {
        line.setAbsent();
      }
    }
    wanted.forEach(this::place);
    leader = leading();
  }

  /**
   * Whether what goes on is no longer what it was (HLS D1, D2): another picture, other sound, or
   * another leader. Sound that joins or leaves changes no other rendition, unless it shares one.
   */
  private boolean breaks(Map<String, Track> wanted) {
    TrackLine lead = leader;
    if (lead == null || !isKept(lead, wanted)) {
      return true;
    }
    for (Map.Entry<String, Track> place : wanted.entrySet()) {
      TrackLine line = named(place.getKey());
      if (place.getValue().isVideo() && !lead.isVideo()) {
        return true;
      }
      if (line != null && !isSame(line.track(), place.getValue())) {
        return true;
      }
      if (line != null && !line.isPresent() && !line.hasNothing()) {
        return true;
      }
      if ((line == null || !line.isPresent()) && format.isShared(place.getKey())) {
        return true;
      }
    }
    for (TrackLine line : lines) {
      if (line.isPresent() && !wanted.containsKey(line.name()) && format.isShared(line.name())) {
        return true;
      }
    }
    return false;
  }

  /** Whether no track comes, goes or is encoded in another way. */
  private boolean keepsAll(Map<String, Track> wanted) {
    int kept = 0;
    for (TrackLine line : lines) {
      if (line.isPresent() && !isKept(line, wanted)) {
        return false;
      }
      kept += line.isPresent() ? 1 : 0;
    }
    return kept == wanted.size();
  }

  private static boolean isKept(TrackLine line, Map<String, Track> wanted) {
    Track next = wanted.get(line.name());
    return line.isPresent() && next != null && isSame(line.track(), next);
  }

  /** The same track, if perhaps with another configuration for the same encoding (HLS D2). */
  private static boolean isSame(Track track, Track next) {
    return track.id().equals(next.id())
        && track.timescale().equals(next.timescale())
        && track.format().sameEncoding(next.format());
  }

  private void place(String name, Track track) {
    TrackLine line = named(name);
    if (line != null && line.isPresent() && isSame(line.track(), track)) {
      line.reconfigure(track);
      return;
    }
    TrackLine lead = leader;
    if (line == null) {
      line = new TrackLine(name, track, nextMsn, () -> target.limitNanos() + SLACK, format);
      lines.add(line);
      if (running && lead != null) {
        line.beginRun(lead.toNanos(lead.startTicks()), lead.opensWithDiscontinuity());
      }
    } else {
      line.replaceTrack(track);
      if (running && lead != null) {
        line.beginRun(lead.toNanos(lead.startTicks()), false);
      }
    }
  }

  private @Nullable TrackLine named(String name) {
    for (TrackLine line : lines) {
      if (line.name().equals(name)) {
        return line;
      }
    }
    return null;
  }

  private @Nullable TrackLine leading() {
    TrackLine found = null;
    for (TrackLine line : lines) {
      if (line.isPresent() && (found == null || (line.isVideo() && !found.isVideo()))) {
        found = line;
      }
    }
    return found;
  }

  private void sample(Sample sample) {
    TrackLine lead = leader;
    TrackLine line = lineOf(sample.track());
    if (lead == null || line == null) {
      dropped++;
      return;
    }
    if (line != lead) {
      line.offer(sample);
      if (!running) {
        startWithoutLeaderWhenItIsLate(lead, line);
      }
      if (running) {
        cutWhereTheLeaderIsMissing(lead, line);
        settle(false);
      }
      return;
    }
    if (awaitsKey && !sample.sync()) {
      dropped++;
      return;
    }
    if (!running) {
      start(lead, sample);
    } else {
      cutBefore(lead, sample);
    }
    awaitsKey = false;
    if (sample.sync()) {
      lastKeyTicks = sample.dts();
    }
    lead.offer(sample);
    lead.takeBefore(Long.MAX_VALUE);
    settle(false);
  }

  private void start(TrackLine lead, Sample first) {
    long startNanos = lead.presentationNanos(first);
    long earliest = earliestOther(lead);
    boolean isLate = earliest < startNanos - SLACK;
    beginRun(isLate ? earliest : startNanos);
    long shift = lead.timescale().toNanos(first.compositionOffset());
    lead.start(isLate ? lead.timescale().ofNanos(earliest - shift) : first.dts(), shift);
    lastKeyTicks = first.dts();
    if (isLate) {
      cutBefore(lead, first);
    }
  }

  private void beginRun(long startNanos) {
    running = true;
    for (TrackLine line : lines) {
      line.beginRun(startNanos, breakPending);
    }
    breakPending = false;
  }

  private long earliestOther(TrackLine lead) {
    long earliest = Long.MAX_VALUE;
    for (TrackLine line : lines) {
      Sample first = line.firstWaiting();
      if (line != lead && first != null) {
        earliest = Math.min(earliest, line.presentationNanos(first));
      }
    }
    return earliest;
  }

  private void startWithoutLeaderWhenItIsLate(TrackLine lead, TrackLine line) {
    Sample first = line.firstWaiting();
    if (first != null
        && line.endNanos() - line.presentationNanos(first) > LONGEST_WAIT_FOR_LEADER) {
      startWithoutLeader(lead);
    }
  }

  private void startWithoutLeader(TrackLine lead) {
    long earliest = earliestOther(lead);
    if (earliest != Long.MAX_VALUE) {
      beginRun(earliest);
      lead.start(lead.timescale().ofNanos(earliest), 0);
    }
  }

  /** Decides whether a segment of the leader ends before this sample. */
  private void cutBefore(TrackLine lead, Sample sample) {
    long nanos = lead.timescale().toNanos(sample.dts());
    while (nanos - lead.timescale().toNanos(lead.startTicks()) > target.limitNanos() + SLACK) {
      target.choose(target.limitNanos());
      cut(lead, lead.startTicks() + lead.timescale().ofNanos(target.limitNanos()));
    }
    long elapsed = nanos - lead.timescale().toNanos(lead.startTicks());
    if (elapsed <= 0) {
      return;
    }
    if (sample.sync()) {
      long group = nanos - lead.timescale().toNanos(lastKeyTicks);
      longestGroup = Math.max(longestGroup, group);
      boolean isDue =
          lead.awaitsWriter()
              || elapsed >= rules.wish().toNanos() - TOLERANCE
              || elapsed + group > target.limitNanos(longestGroup);
      if (isDue && !(longestGroup == 0 && target.awaitsGroup())) {
        target.choose(longestGroup, elapsed);
        cut(lead, sample.dts());
      }
    } else if (elapsed + lead.timescale().toNanos(lead.step()) > target.limitNanos()) {
      target.choose(target.limitNanos());
      cut(lead, sample.dts());
    }
  }

  private void cutWhereTheLeaderIsMissing(TrackLine lead, TrackLine line) {
    Sample last = line.lastWaiting();
    while (last != null
        && line.presentationNanos(last)
            > lead.toNanos(lead.startTicks()) + target.limitNanos() + target.lagNanos()) {
      target.choose(target.limitNanos());
      cut(lead, lead.startTicks() + lead.timescale().ofNanos(target.limitNanos()));
    }
  }

  private void cut(TrackLine lead, long boundary) {
    lead.closeAtTicks(boundary);
    nextMsn++;
    openCuts.add(lead.toNanos(boundary));
    settle(false);
  }

  /**
   * Brings the other tracks as far as the leader's cuts allow.
   *
   * @param everything whether to wait for nobody
   */
  private void settle(boolean everything) {
    TrackLine lead = leader;
    if (lead == null || !running) {
      return;
    }
    long frontier = frontier(lead);
    for (TrackLine line : lines) {
      if (line == lead) {
        continue;
      }
      long closed = nextMsn - openCuts.size();
      for (long cutNanos : openCuts) {
        if (line.nextMsn() <= closed) {
          boolean late = !line.isPresent() || frontier > cutNanos + target.lagNanos();
          if (!everything && !late && !line.hasReached(cutNanos)) {
            break;
          }
          line.closeAtTime(cutNanos);
        }
        closed++;
      }
      if (line.nextMsn() == nextMsn) {
        line.takeBefore(frontier);
      }
    }
    while (!openCuts.isEmpty() && allHaveClosed(nextMsn - openCuts.size())) {
      openCuts.removeFirst();
    }
  }

  private boolean allHaveClosed(long msn) {
    return lines.stream().allMatch(line -> line.nextMsn() > msn);
  }

  /** No later cut can be before this time. */
  private static long frontier(TrackLine lead) {
    Sample last = lead.lastWaiting();
    return last == null ? lead.toNanos(lead.startTicks()) : lead.toNanos(last.dts());
  }

  /** Another track may reach further than the leader: whole segments of it first. */
  private void closeOverrun(TrackLine lead) {
    long end = lead.endNanos();
    for (TrackLine line : lines) {
      if (line != lead && line.lastWaiting() != null) {
        end = Math.max(end, line.endNanos());
      }
    }
    while (end - lead.toNanos(lead.startTicks()) > target.limitNanos() + SLACK) {
      target.choose(target.limitNanos());
      cut(lead, lead.startTicks() + lead.timescale().ofNanos(target.limitNanos()));
    }
  }

  private void finishSegments(TrackLine lead) {
    long end = lead.endNanos();
    for (TrackLine line : lines) {
      end = Math.max(end, line.hasNothing() ? end : line.endNanos());
    }
    target.choose(end - lead.toNanos(lead.startTicks()));
    for (TrackLine line : lines) {
      line.closeWithEverything(end);
    }
    nextMsn++;
  }

  private @Nullable TrackLine lineOf(TrackId id) {
    for (TrackLine line : lines) {
      if (line.isPresent() && line.track().id().equals(id)) {
        return line;
      }
    }
    return null;
  }
}
