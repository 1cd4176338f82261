package io.millrace.packager.segment;

import io.millrace.media.Sample;
import io.millrace.media.Track;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A format that tells how far the leader's segments have come, and where they end, after writing
 * them: {@code video} from when there has been one, else {@code audio}. Each media sequence number
 * is told of once, in order, but for those that are left out.
 */
public final class LeaderTap extends ForwardingFormat {
  /** Hears of the leader's segments. */
  public interface Follower {
    /** The open segment has got a sample: it does not end before the end that it has now. */
    void extended(LeadSegment open);

    /** A segment is cut. */
    void cut(LeadSegment closed);
  }

  private static final String PICTURE = "video";
  private static final String SOUND = "audio";

  private final List<Follower> followers;
  private String leader = SOUND;

  public LeaderTap(SegmentFormat format, List<Follower> followers) {
    super(format);
    this.followers = List.copyOf(followers);
  }

  @Override
  public TrackWriter open(String line, Track track) {
    TrackWriter writer = super.open(line, track);
    if (line.equals(PICTURE)) {
      leader = PICTURE;
    }
    return line.equals(PICTURE) || line.equals(SOUND) ? new Tapped(line, track, writer) : writer;
  }

  /** A writer of a line that may lead. */
  private final class Tapped implements TrackWriter {
    private final String line;
    private final Track track;
    private final TrackWriter writer;
    private @Nullable SegmentStart start;
    private @Nullable LeadSegment open;

    Tapped(String line, Track track, TrackWriter writer) {
      this.line = line;
      this.track = track;
      this.writer = writer;
    }

    @Override
    public void begin(SegmentStart begins) {
      start = begins;
      writer.begin(begins);
    }

    @Override
    public void add(Sample sample, long duration) {
      writer.add(sample, duration);
      reach(sample.dts(), sample.dts() + duration);
    }

    @Override
    public boolean fills() {
      return writer.fills();
    }

    @Override
    public void fill(long fromTicks, long untilTicks) {
      writer.fill(fromTicks, untilTicks);
      reach(fromTicks, untilTicks);
    }

    private void reach(long fromTicks, long untilTicks) {
      SegmentStart begun = start;
      if (begun == null || !line.equals(leader)) {
        return;
      }
      LeadSegment before = open;
      long from = before == null ? fromTicks : before.startTicks();
      LeadSegment reached =
          new LeadSegment(
              begun.msn(),
              from,
              untilTicks,
              track.timescale(),
              begun.mediaNanos(),
              begun.discontinuity());
      open = reached;
      followers.forEach(follower -> follower.extended(reached));
    }

    @Override
    public void cut(Cut cut) {
      writer.cut(cut);
      start = null;
      open = null;
      if (line.equals(leader)) {
        LeadSegment closed =
            new LeadSegment(
                cut.msn(),
                cut.startTicks(),
                cut.startTicks() + cut.durationTicks(),
                track.timescale(),
                cut.mediaNanos(),
                cut.discontinuity());
        followers.forEach(follower -> follower.cut(closed));
      }
    }
  }
}
