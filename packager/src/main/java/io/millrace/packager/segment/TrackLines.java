package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one broadcast, and which tracks they have. One of them leads: the picture, or the
 * sound where there is no picture.
 */
final class TrackLines implements Iterable<TrackLine> {
  private final SegmentFormat format;
  private final LongSupplier longestNanos;
  private final Set<String> listed;
  private final List<TrackLine> lines = new ArrayList<>();
  private @Nullable TrackLine leader;

  /**
   * @param longestNanos the longest duration that a segment may have at present
   * @param listed names of lines that another segmenter has cut before
   */
  TrackLines(SegmentFormat format, LongSupplier longestNanos, Set<String> listed) {
    this.format = format;
    this.longestNanos = longestNanos;
    this.listed = Set.copyOf(listed);
  }

  @Override
  public Iterator<TrackLine> iterator() {
    return lines.iterator();
  }

  /** The line that is cut first; null without a track. */
  @Nullable TrackLine leader() {
    return leader;
  }

  /** The tracks by the names of their lines, in the order in which these were opened. */
  Map<String, Track> tracks() {
    Map<String, Track> present = new LinkedHashMap<>();
    for (TrackLine line : lines) {
      if (line.isPresent()) {
        present.put(line.name(), line.track());
      }
    }
    return present;
  }

  /** The line of a present track. */
  @Nullable TrackLine of(TrackId id) {
    for (int i = 0; i < lines.size(); i++) {
      TrackLine line = lines.get(i);
      if (line.isPresent() && line.track().id().equals(id)) {
        return line;
      }
    }
    return null;
  }

  /** The names of the lines that tracks would have. */
  Map<String, Track> placesOf(List<Track> tracks) {
    return TrackPlaces.of(tracks, lines);
  }

  /** How much memory the samples take that are in no written segment. */
  long bytes() {
    long sum = format.unwrittenBytes();
    for (int i = 0; i < lines.size(); i++) {
      sum += lines.get(i).bytes();
    }
    return sum;
  }

  /** Whether one has anything that is in no segment yet. */
  boolean haveAnything() {
    for (TrackLine line : lines) {
      if (!line.hasNothing()) {
        return true;
      }
    }
    return false;
  }

  /**
   * When the first sample is presented that waits in any line but the leader's; {@link
   * Long#MAX_VALUE} when none does.
   */
  long earliestWaiting() {
    return Math.min(
        earliestWaiting(TrackLine.Role.SHARES), earliestWaiting(TrackLine.Role.FOLLOWS));
  }

  /** The same, of the lines of one role. */
  long earliestWaiting(TrackLine.Role role) {
    long earliest = Long.MAX_VALUE;
    for (TrackLine line : lines) {
      Sample first = line.firstWaiting();
      if (line.role() == role && first != null) {
        earliest = Math.min(earliest, line.presentationNanos(first));
      }
    }
    return earliest;
  }

  /** Where what is in the leader's files ends, as far as it has come. */
  long sharedEnd(TrackLine lead) {
    long end = lead.endNanos();
    for (TrackLine line : lines) {
      if (line.role() == TrackLine.Role.SHARES && line.lastWaiting() != null) {
        end = Math.max(end, line.endNanos());
      }
    }
    return end;
  }

  /**
   * Where a gap of the leader ends, at the latest: other tracks in its files are alone there, so it
   * is up to them where such a segment starts and ends (HLS F1, D6).
   */
  long gapEnd(TrackLine lead, long latest) {
    long from = lead.toNanos(lead.startTicks());
    long until = lead.toNanos(latest);
    for (TrackLine line : lines) {
      long boundary =
          line.role() == TrackLine.Role.SHARES ? line.boundaryWithin(from, until) : until;
      if (boundary < until) {
        return Math.max(lead.startTicks() + 1, lead.ticksAt(boundary));
      }
    }
    return latest;
  }

  /** How far what has come of another line is ahead of a sample of the leader, at the most. */
  long aheadOf(TrackLine lead, Sample sample) {
    long furthest = Long.MIN_VALUE;
    for (int i = 0; i < lines.size(); i++) {
      TrackLine line = lines.get(i);
      Sample last = line.lastWaiting();
      if (line != lead && last != null) {
        furthest = Math.max(furthest, line.presentationNanos(last));
      }
    }
    return furthest == Long.MIN_VALUE ? 0 : furthest - lead.presentationNanos(sample);
  }

  /** Whether all have closed a segment. */
  boolean haveClosed(long msn) {
    for (TrackLine line : lines) {
      if (line.nextMsn() <= msn) {
        return false;
      }
    }
    return true;
  }

  /** Whether all that come in time have closed a segment; others may be behind for long. */
  boolean onTimeHaveClosed(long msn) {
    for (TrackLine line : lines) {
      if (line.isPresent() && line.nextMsn() <= msn && line.lateness().isOnTime()) {
        return false;
      }
    }
    return true;
  }

  /** The highest number that an open segment has. */
  long furthestMsn() {
    long furthest = 0;
    for (TrackLine line : lines) {
      furthest = Math.max(furthest, line.nextMsn());
    }
    return furthest;
  }

  /**
   * Whether what goes on is no longer what it was (HLS D1, D2): another picture, other sound, or
   * another leader. Sound that joins or leaves changes no other rendition, unless it shares one, or
   * comes again that was cut before a restart: where it stood then is not known.
   */
  boolean breakWith(Map<String, Track> wanted) {
    return changeWith(wanted)
        || leaveSharedFile(wanted)
        || wanted.keySet().stream().anyMatch(this::joinsSharedFile);
  }

  /**
   * Whether all that breaks is that sound joins the leader's files, and it can do so where the open
   * segment starts, of which nothing is written yet: the picture starts there, and goes on. All
   * others have to be in that segment too (HLS D4).
   */
  boolean canJoinInOpenSegment(Map<String, Track> wanted) {
    TrackLine lead = leader;
    if (lead == null || lead.hasNothing() || changeWith(wanted) || leaveSharedFile(wanted)) {
      return false;
    }
    boolean breaks = !lead.segments().startFreely();
    for (TrackLine line : lines) {
      boolean follows = line.isPresent() && line.role() == TrackLine.Role.FOLLOWS;
      if (line.nextMsn() != lead.nextMsn() || (breaks && follows && line.hasNothing())) {
        return false;
      }
    }
    return true;
  }

  /** The open segments do not continue those before, if there are any. */
  void breakInOpenSegment() {
    TrackLine lead = leader;
    if (lead != null && !lead.segments().startFreely()) {
      lines.forEach(line -> line.segments().mark());
    }
  }

  private boolean changeWith(Map<String, Track> wanted) {
    TrackLine lead = leader;
    if (lead == null || !isKept(lead, wanted)) {
      return true;
    }
    for (Map.Entry<String, Track> place : wanted.entrySet()) {
      TrackLine line = named(place.getKey());
      if (place.getValue().isVideo() && !lead.isVideo()) {
        return true;
      }
      if (line == null && listed.contains(place.getKey())) {
        return true;
      }
      if (line != null
          && !isSame(line.track(), place.getValue())
          && !joinsSharedFile(place.getKey())
          && !joinsBehindBreak(line, lead)) {
        return true;
      }
      if (line != null && !line.isPresent() && !line.hasNothing()) {
        return true;
      }
    }
    return false;
  }

  /** Whether a line's open segment is the first one behind a break that all have. */
  private static boolean joinsBehindBreak(TrackLine line, TrackLine lead) {
    return !line.isPresent()
        && line.nextMsn() == lead.nextMsn()
        && line.opensWithDiscontinuity()
        && lead.opensWithDiscontinuity();
  }

  private boolean joinsSharedFile(String name) {
    TrackLine line = named(name);
    return (line == null || !line.isPresent()) && format.isShared(name);
  }

  private boolean leaveSharedFile(Map<String, Track> wanted) {
    for (TrackLine line : lines) {
      if (line.isPresent() && !wanted.containsKey(line.name()) && format.isShared(line.name())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a track goes or is encoded in another way that has samples in no segment. Of others
   * nothing is known yet but their configuration, and some encoders' first one is wrong.
   */
  boolean wouldLose(Map<String, Track> wanted) {
    for (TrackLine line : lines) {
      if (!line.hasNothing() && !isKept(line, wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the leader goes on as it is. */
  boolean keepLeader(Map<String, Track> wanted) {
    TrackLine lead = leader;
    return lead != null && isKept(lead, wanted);
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

  /**
   * These are the tracks from now on.
   *
   * @param nextMsn the number of a new line's first segment
   * @param running whether segments are open
   */
  void place(Map<String, Track> wanted, long nextMsn, boolean running) {
    for (TrackLine line : lines) {
      if (line.isPresent() && !wanted.containsKey(line.name())) {
        line.setAbsent();
      }
    }
    wanted.forEach((name, track) -> place(name, track, nextMsn, running));
    leader = leading();
    for (TrackLine line : lines) {
      line.setLeading(line == leader);
    }
  }

  private void place(String name, Track track, long nextMsn, boolean running) {
    TrackLine line = named(name);
    if (line != null && line.isPresent() && isSame(line.track(), track)) {
      line.reconfigure(track);
      return;
    }
    TrackLine lead = leader;
    boolean isNew = line == null;
    if (line == null) {
      line = new TrackLine(name, track, nextMsn, this::leaderMsn, longestNanos, format);
      lines.add(line);
    } else {
      line.replaceTrack(track);
    }
    if (running && lead != null) {
      line.segments()
          .beginRun(lead.toNanos(lead.startTicks()), isNew && lead.opensWithDiscontinuity());
    }
  }

  private long leaderMsn() {
    TrackLine lead = leader;
    return lead == null ? 0 : lead.nextMsn();
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
}
