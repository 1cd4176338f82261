package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Frames of sound, several to a PES packet as long as each starts where the one before it ends: a
 * PES packet has only the time of its first.
 */
final class Sound implements ElementaryStream {
  /** What a PES packet holds at most, so that nothing waits longer for its bytes. */
  private static final int LONGEST_TICKS = 6_300;

  private static final int LARGEST = 32 << 10;

  /** How far a frame may be from where the one before it ends: half a millisecond. */
  private static final int TOLERANCE = 45;

  private final int streamType;
  private final int streamId;
  private final Buffer descriptors;
  private final Framing framing;
  private final Timescale timescale;
  private final double frameTicks;

  /** What goes before each frame. */
  interface Framing {
    /** Bytes before a frame; the same for all. */
    int size();

    /** The longest frame that can be carried. */
    int longest();

    void write(int frameLength, PacketWriter out);
  }

  /** Of frames that tell their own length. */
  static final Framing UNFRAMED =
      new Framing() {
        @Override
        public int size() {
          return 0;
        }

        @Override
        public int longest() {
          return LARGEST;
        }

        @Override
        public void write(int frameLength, PacketWriter out) {}
      };

  /**
   * @param frameSeconds how long a frame lasts
   */
  Sound(
      int streamType,
      int streamId,
      Buffer descriptors,
      Framing framing,
      Timescale timescale,
      double frameSeconds) {
    this.streamType = streamType;
    this.streamId = streamId;
    this.descriptors = descriptors;
    this.framing = framing;
    this.timescale = timescale;
    this.frameTicks = frameSeconds * Timescale.VIDEO.ticksPerSecond();
  }

  @Override
  public int streamType() {
    return streamType;
  }

  @Override
  public int streamId() {
    return streamId;
  }

  @Override
  public Buffer descriptors() {
    return descriptors;
  }

  /**
   * An empty frame is none, and the header before one that is too long could not tell its length.
   */
  @Override
  public boolean carries(Sample sample) {
    int length = sample.payload().length();
    return length > 0 && length <= framing.longest();
  }

  @Override
  public List<Unit> units(List<TimedSample> samples) {
    List<Unit> units = new ArrayList<>();
    Frames open = null;
    for (TimedSample timed : samples) {
      Sample sample = timed.sample();
      if (open == null || !open.takes(sample)) {
        long time = MediaClock.of(sample.dts(), timescale);
        open = new Frames(open == null ? time : Math.max(time, open.lastTime() + 1));
        units.add(open);
      }
      open.add(sample);
    }
    return units;
  }

  /** Some frames that follow each other without a gap. */
  private final class Frames implements Unit {
    private final List<Sample> samples = new ArrayList<>();
    private final long start;
    private int size;

    Frames(long start) {
      this.start = start;
    }

    boolean takes(Sample sample) {
      double end = samples.size() * frameTicks;
      double distance = MediaClock.of(sample.dts(), timescale) - start - end;
      return Math.abs(distance) <= TOLERANCE
          && end + frameTicks <= LONGEST_TICKS
          && size + framing.size() + sample.payload().length() <= LARGEST;
    }

    /**
     * When its last frame is decoded as readers count: its own timestamp may be earlier by the
     * tolerance, and what follows has to be decoded later than both (HLS F7).
     */
    long lastTime() {
      return start + (long) Math.ceil((samples.size() - 1) * frameTicks);
    }

    void add(Sample sample) {
      samples.add(sample);
      size += framing.size() + sample.payload().length();
    }

    @Override
    public long dts() {
      return start;
    }

    @Override
    public long pts() {
      return start;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public boolean sync() {
      return true;
    }

    @Override
    public void write(PacketWriter out) {
      for (Sample sample : samples) {
        framing.write(sample.payload().length(), out);
        out.put(sample.payload());
      }
    }
  }
}
