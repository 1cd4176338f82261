package io.millrace.packager.segment;

import io.millrace.media.MediaEvent;
import io.millrace.media.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a transcoder makes of a broadcast where the {@link Segmenter} has cut the broadcast
 * itself (HLS D7): each rung on a line of its own, whose segments have the leader's media sequence
 * numbers, starts and discontinuities. The leader never waits for a rung; a rung that comes later
 * is listed later.
 *
 * <pre>
 *   leader    │ 41          │ 42          │ 43          │ 44 …        cut, cut, cut, open
 *   a rung    │ 41          │ 42     …                              has come as far as this
 *   a rung that died        │ GAP         │ GAP         │ its media, if it has a key frame there
 * </pre>
 *
 * <p>A rung's segment is closed when a sample at or behind its end has come. Where none does within
 * 1.4 target durations of the line's last one (HLS B8), it is closed with what has come: its last
 * sample lasts until the end, so that there is no hole; without a sample at its start it is a gap.
 * While nothing comes at all, gaps follow the leader's cuts at once. Where parts are listed,
 * players have a second of a rung at most: what is lost of a segment, or away for a second or two,
 * is a gap part by part, a little behind the leader (HLS L6). A rung starts in a segment of which
 * it has the first sample, behind a gap with a key frame; what comes when its time is listed is
 * dropped and counted. Of discontinuities it has the leader's and no other (HLS D4).
 *
 * <p>Pure and confined to one thread; time is an argument.
 */
public final class RungSegmenter implements LeaderTap.Follower {
  /** So many segments of a live leader are remembered for a rung that has yet to come. */
  private static final int MOST_REMEMBERED = 16;

  private static final int UPDATE_PERCENT = 140;

  /** Where the segments of a line go. */
  public interface Lines {
    /**
     * The lowest number that the first segment of a line may have: it has others before; 0 where it
     * has none.
     */
    long firstMsn(String line);

    /** A line's segments are those of a track from a number on; before its writer is opened. */
    void describe(String line, Track track, long msn);
  }

  private final SegmentFormat format;
  private final Lines output;
  private final IntSupplier targetSeconds;
  private final int mostRemembered;
  private final Map<String, RungLine> lines = new LinkedHashMap<>();
  private final Deque<LeadSegment> remembered = new ArrayDeque<>();
  private @Nullable LeadSegment open;

  /**
   * @param targetSeconds the broadcast's target duration; 0 until it is known
   */
  public RungSegmenter(SegmentFormat format, Lines output, IntSupplier targetSeconds) {
    this(format, output, targetSeconds, MOST_REMEMBERED);
  }

  private RungSegmenter(
      SegmentFormat format, Lines output, IntSupplier targetSeconds, int mostRemembered) {
    this.format = format;
    this.output = output;
    this.targetSeconds = targetSeconds;
    this.mostRemembered = mostRemembered;
  }

  /** For a leader that waits for its rungs, and not they for it: nobody is late. */
  public static RungSegmenter patient(
      SegmentFormat format, Lines output, IntSupplier targetSeconds) {
    return new RungSegmenter(format, output, targetSeconds, Integer.MAX_VALUE);
  }

  @Override
  public void extended(LeadSegment reached) {
    open = reached;
  }

  @Override
  public void cut(LeadSegment closed) {
    open = null;
    remembered.addLast(closed);
    if (remembered.size() > mostRemembered) {
      remembered.removeFirst();
    }
    lines.values().forEach(line -> line.leaderCut(closed));
  }

  /** A rung's next event. */
  public void accept(String line, MediaEvent event, Instant now) {
    RungLine rung = lines.get(line);
    if (rung == null) {
      rung = new RungLine(line, format, output, now);
      remembered.forEach(rung::leaderCut);
      lines.put(line, rung);
    }
    rung.accept(event, now);
    rung.advance(open, now, patience());
  }

  /** Whoever made a rung is gone: what comes of it again continues nothing. */
  public void lost(String line, Instant now) {
    RungLine rung = lines.get(line);
    if (rung != null) {
      rung.lost();
      rung.advance(open, now, patience());
    }
  }

  /** Closes what can be closed by now. */
  public void advance(Instant now) {
    for (RungLine line : lines.values()) {
      line.advance(open, now, patience());
    }
  }

  /**
   * Closes on every line what the leader has closed, with what has come: nobody is waited for, and
   * no rung starts there any more. Numbers may be left out behind it.
   */
  public void level(Instant now) {
    lines.values().forEach(line -> line.level(now));
    remembered.clear();
  }

  /** Whether every line that has begun has closed what the leader has. */
  public boolean isLevel() {
    return lines.values().stream().allMatch(RungLine::isLevel);
  }

  /** Whether nothing more comes on any line. */
  public boolean isOver() {
    return lines.values().stream().allMatch(RungLine::isOver);
  }

  /** Samples dropped: decoding could not start at them, or their time was listed. */
  public long dropped() {
    return lines.values().stream().mapToLong(RungLine::dropped).sum();
  }

  private Duration patience() {
    return Duration.ofMillis(10L * UPDATE_PERCENT * Math.max(1, targetSeconds.getAsInt()));
  }
}
