package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.Track;
import io.millrace.media.TrackFormat;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CMAF chunks of one track (ISO/IEC 23000-19 7.3.2.3): {@code moof} and {@code mdat}. What all
 * samples of a chunk have in common is said once.
 */
public final class Fragment {
  private static final int TRACK_ID = 1;
  private static final int MAX_HEAD_BYTES = 160;
  private static final int DEFAULT_BASE_IS_MOOF = 0x20000;
  private static final int DEFAULT_DURATION = 0x8;
  private static final int DEFAULT_FLAGS = 0x20;
  private static final int DATA_OFFSET = 0x1;
  private static final int DURATIONS = 0x100;
  private static final int SIZES = 0x200;
  private static final int FLAGS = 0x400;
  private static final int COMPOSITION_OFFSETS = 0x800;

  private Fragment() {}

  /** The type box that a segment starts with. */
  public static Buffer segmentType() {
    BoxWriter out = new BoxWriter(24);
    out.box("styp").text("msdh").u32(0).text("msdh").text("cmfs").end();
    return out.finish();
  }

  /**
   * One chunk.
   *
   * @param sequence from 1, ascending within a track
   * @param samples at least one, in decoding order
   */
  public static Buffer write(long sequence, Timescale timescale, List<TimedSample> samples) {
    Buffer out = Buffer.buffer(sizeOf(samples));
    append(out, sequence, timescale, null, samples);
    return out;
  }

  /** One chunk, as {@link #append} writes it. */
  public static Buffer write(long sequence, Track track, List<TimedSample> samples) {
    Buffer out = Buffer.buffer(sizeOf(samples));
    append(out, sequence, track, samples);
    return out;
  }

  /** Boxes that stand before two chunks at most, with room for those. */
  static Buffer room(Buffer boxes, List<TimedSample> samples) {
    return Buffer.buffer(boxes.length() + MAX_HEAD_BYTES + sizeOf(samples)).appendBuffer(boxes);
  }

  /**
   * Puts one chunk behind what a buffer holds, with all that the track's format lets tell of its
   * samples: which are leading, which are disposable, what has to be decoded before them.
   *
   * @param sequence from 1, ascending within a track
   * @param samples at least one, in decoding order
   */
  public static void append(Buffer target, long sequence, Track track, List<TimedSample> samples) {
    append(target, sequence, track.timescale(), track.format(), samples);
  }

  private static void append(
      Buffer target,
      long sequence,
      Timescale timescale,
      @Nullable TrackFormat format,
      List<TimedSample> samples) {
    Common common = new Common(samples, format);
    BoxWriter out = new BoxWriter(target);
    int start = out.position();
    out.box("moof");
    out.fullBox("mfhd", 0, 0).u32(sequence).end();
    out.box("traf");
    defaults(out, common);
    out.fullBox("tfdt", 1, 0).u64(decodeTime(samples.get(0).sample(), timescale)).end();
    out.fullBox("trun", 1, common.runFlags()).u32(samples.size());
    int dataOffset = out.position();
    out.u32(0);
    for (int i = 0; i < samples.size(); i++) {
      run(out, samples.get(i), common, common.flags[i]);
    }
    out.end();
    if (format instanceof TrackFormat.Opus) {
      RollGroup.assign(out, samples.size());
    }
    out.end().end();
    out.setU32(dataOffset, out.position() - start + 8L);
    out.box("mdat");
    for (TimedSample timed : samples) {
      out.bytes(timed.sample().payload());
    }
    out.end();
    out.finish();
  }

  private static void defaults(BoxWriter out, Common common) {
    out.fullBox("tfhd", 0, common.headerFlags()).u32(TRACK_ID);
    if (common.sameDuration) {
      out.u32(common.duration);
    }
    if (common.sameFlags) {
      out.u32(common.flags[0]);
    }
    out.end();
  }

  private static void run(BoxWriter out, TimedSample timed, Common common, int flags) {
    Sample sample = timed.sample();
    if (!common.sameDuration) {
      out.u32(timed.duration());
    }
    out.u32(sample.payload().length());
    if (!common.sameFlags) {
      out.u32(flags);
    }
    if (!common.inOrder) {
      out.u32(sample.compositionOffset());
    }
  }

  /** What the samples of a chunk have in common, and so is not said for each; and their flags. */
  private static final class Common {
    final int[] flags;
    final long duration;
    boolean sameDuration = true;
    boolean sameFlags = true;
    boolean inOrder = true;

    Common(List<TimedSample> samples, @Nullable TrackFormat format) {
      flags = new int[samples.size()];
      duration = samples.get(0).duration();
      for (int i = 0; i < flags.length; i++) {
        TimedSample timed = samples.get(i);
        flags[i] = flagsOf(timed.sample(), format);
        sameDuration &= timed.duration() == duration;
        sameFlags &= flags[i] == flags[0];
        inOrder &= timed.sample().compositionOffset() == 0;
      }
    }

    int headerFlags() {
      return DEFAULT_BASE_IS_MOOF
          | (sameDuration ? DEFAULT_DURATION : 0)
          | (sameFlags ? DEFAULT_FLAGS : 0);
    }

    int runFlags() {
      return DATA_OFFSET
          | SIZES
          | (sameDuration ? 0 : DURATIONS)
          | (sameFlags ? 0 : FLAGS)
          | (inOrder ? 0 : COMPOSITION_OFFSETS);
    }
  }

  private static int flagsOf(Sample sample, @Nullable TrackFormat format) {
    return format == null ? SampleFlags.of(sample) : SampleFlags.of(sample, format);
  }

  /** Never less than what a chunk takes, so that payloads are copied once. */
  private static int sizeOf(List<TimedSample> samples) {
    int size = MAX_HEAD_BYTES + 16 * samples.size();
    for (TimedSample timed : samples) {
      size += timed.sample().payload().length();
    }
    return size;
  }

  private static long decodeTime(Sample sample, Timescale timescale) {
    long offset = (long) SegmentFormat.TIME_OFFSET_SECONDS * timescale.ticksPerSecond();
    return Math.max(0, sample.dts() + offset);
  }
}
