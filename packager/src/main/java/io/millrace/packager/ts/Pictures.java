package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.media.codec.NalCursor;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures of AVC or HEVC as a byte stream (ISO/IEC 14496-10 annex B, 23008-2 annex B), each in a
 * PES packet of its own. Start codes take the place of the lengths. Each picture starts with an
 * access unit delimiter (ISO/IEC 13818-1 2.14.1, 2.17.1), key frames go on with the parameter sets;
 * what an access unit brings itself is not added. Empty NAL units are left out.
 */
final class Pictures implements ElementaryStream {
  private static final int VIDEO_STREAM = 0xE0;

  /** Bytes of the shortest NAL unit that says anything; a shorter one goes on its way unread. */
  private static final int SHORTEST = 2;

  private static final Buffer START_CODE = Buffer.buffer().appendInt(1);

  private final NalSyntax syntax;
  private final int streamType;
  private final Timescale timescale;
  private final Buffer parameterSets;
  private final NalCursor nals = new NalCursor();

  /**
   * @param parameterSets all of them, in the order of their types
   */
  Pictures(NalSyntax syntax, int streamType, Timescale timescale, List<Buffer> parameterSets) {
    this.syntax = syntax;
    this.streamType = streamType;
    this.timescale = timescale;
    this.parameterSets = Buffer.buffer();
    parameterSets.forEach(set -> this.parameterSets.appendInt(1).appendBuffer(set));
  }

  @Override
  public int streamType() {
    return streamType;
  }

  @Override
  public int streamId() {
    return VIDEO_STREAM;
  }

  @Override
  public Buffer descriptors() {
    return Buffer.buffer();
  }

  @Override
  public List<Unit> units(List<TimedSample> samples) {
    List<Unit> units = new ArrayList<>(samples.size());
    for (TimedSample timed : samples) {
      Sample sample = timed.sample();
      units.add(picture(sample, units.isEmpty()));
    }
    return units;
  }

  /**
   * Looks at the NAL units; what stands before the first slice is what the picture brings.
   * Parameter sets go before key frames and before what a segment starts with.
   */
  private Picture picture(Sample sample, boolean startsSegment) {
    boolean delimited = false;
    boolean first = true;
    boolean sliced = false;
    int sets = 0;
    int sliceHeader = 1;
    int size = 0;
    nals.over(sample.payload());
    while (nals.next()) {
      size += START_CODE.length() + nals.length();
      if (sliced || nals.length() < SHORTEST) {
        continue;
      }
      int type = syntax.type(nals.header());
      if (syntax.isSlice(type)) {
        sliceHeader = sample.payload().getUnsignedShort(nals.from());
        sliced = true;
      }
      delimited |= first && syntax.isDelimiter(type);
      first = false;
      sets |= syntax.setBit(type);
    }
    boolean needsSets = (sample.sync() || startsSegment) && sets != syntax.allSets();
    Buffer lead = delimited ? Buffer.buffer() : syntax.delimiterBefore(sliceHeader);
    if (needsSets && !delimited) {
      lead.appendBuffer(parameterSets);
    }
    return new Picture(sample, lead, needsSets && delimited, size);
  }

  /** One access unit. */
  private final class Picture implements Unit {
    private final Sample sample;
    private final Buffer lead;
    private final boolean setsAfterDelimiter;
    private final int size;
    private final long dts;
    private final long pts;

    /**
     * @param lead what goes before the access unit
     * @param setsAfterDelimiter whether parameter sets go behind its first NAL unit
     * @param size bytes of its NAL units behind start codes
     */
    Picture(Sample sample, Buffer lead, boolean setsAfterDelimiter, int size) {
      this.sample = sample;
      this.lead = lead;
      this.setsAfterDelimiter = setsAfterDelimiter;
      this.size = size;
      this.dts = MediaClock.of(sample.dts(), timescale);
      // A decoding time that had to be moved may be behind it.
      this.pts = Math.max(dts, MediaClock.of(sample.pts(), timescale));
    }

    @Override
    public long dts() {
      return dts;
    }

    @Override
    public long pts() {
      return pts;
    }

    @Override
    public int size() {
      int sets = setsAfterDelimiter ? parameterSets.length() : 0;
      return lead.length() + sets + size;
    }

    @Override
    public boolean sync() {
      return sample.sync();
    }

    @Override
    public void write(PacketWriter out) {
      out.put(lead);
      boolean awaitsSets = setsAfterDelimiter;
      nals.over(sample.payload());
      while (nals.next()) {
        out.put(START_CODE);
        out.put(sample.payload(), nals.from(), nals.length());
        if (awaitsSets && nals.length() >= SHORTEST) {
          out.put(parameterSets);
          awaitsSets = false;
        }
      }
    }
  }
}
