package io.millrace.packager.cmaf;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** CMAF chunks of one track (ISO/IEC 23000-19 7.3.2.3): {@code moof} and {@code mdat}. */
public final class Fragment {
  /**
   * What is added to every decoding time, in seconds. Media time starts at a broadcast's first
   * sample, and another track's first may lie before it; decoding times in a file are unsigned.
   */
  public static final int TIME_OFFSET_SECONDS = 10;

  private static final int TRACK_ID = 1;
  private static final int SYNC = 0x02000000;
  private static final int NOT_SYNC = 0x01010000;
  private static final int TRUN_FLAGS = 0x1 | 0x100 | 0x200 | 0x400 | 0x800;

  private Fragment() {}

  /** A sample and for how many ticks it lasts. */
  public record TimedSample(Sample sample, long duration) {}

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
    int payload = 0;
    for (TimedSample timed : samples) {
      payload += timed.sample().payload().length();
    }
    Buffer out = Buffer.buffer(128 + 16 * samples.size() + payload);
    append(out, sequence, timescale, samples);
    return out;
  }

  /** Puts one chunk, as {@link #write} makes it, behind what a buffer holds. */
  public static void append(
      Buffer target, long sequence, Timescale timescale, List<TimedSample> samples) {
    BoxWriter out = new BoxWriter(target);
    int start = out.position();
    out.box("moof");
    out.fullBox("mfhd", 0, 0).u32(sequence).end();
    out.box("traf");
    out.fullBox("tfhd", 0, 0x20000).u32(TRACK_ID).end();
    out.fullBox("tfdt", 1, 0).u64(decodeTime(samples.get(0).sample(), timescale)).end();
    out.fullBox("trun", 1, TRUN_FLAGS).u32(samples.size());
    int dataOffset = out.position();
    out.u32(0);
    for (TimedSample timed : samples) {
      Sample sample = timed.sample();
      out.u32(timed.duration()).u32(sample.payload().length());
      out.u32(sample.sync() ? SYNC : NOT_SYNC).u32(sample.compositionOffset());
    }
    out.end().end().end();
    out.setU32(dataOffset, out.position() - start + 8L);
    out.box("mdat");
    for (TimedSample timed : samples) {
      out.bytes(timed.sample().payload());
    }
    out.end();
    out.finish();
  }

  private static long decodeTime(Sample sample, Timescale timescale) {
    return Math.max(0, sample.dts() + (long) TIME_OFFSET_SECONDS * timescale.ticksPerSecond());
  }
}
