package io.millrace.packager.ts;

import io.millrace.media.Sample;
import io.millrace.media.Timescale;
import io.millrace.packager.segment.TimedSample;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures of AVC or HEVC as a byte stream (ISO/IEC 14496-10 annex B, 23008-2 annex B), each in a
 * PES packet of its own. Start codes take the place of the lengths. Each picture starts with an
 * access unit delimiter (ISO/IEC 13818-1 2.14.1, 2.17.1), key frames go on with the parameter sets;
 * what an access unit brings itself is not added.
 */
final class Pictures implements ElementaryStream {
  private static final int VIDEO_STREAM = 0xE0;
  private static final Buffer START_CODE = Buffer.buffer().appendInt(1);

  /** May stand behind any NAL unit (trailing_zero_8bits). */
  private static final Buffer ZEROS = Buffer.buffer(new byte[4]);

  private final NalSyntax syntax;
  private final int streamType;
  private final Timescale timescale;
  private final Buffer parameterSets;

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
   * Looks at the NAL units up to the first slice; those too short to be one say nothing. Parameter
   * sets go before key frames and before what a segment starts with.
   */
  private Picture picture(Sample sample, boolean startsSegment) {
    Buffer payload = sample.payload();
    boolean delimited = false;
    int sets = 0;
    int sliceHeader = 1;
    boolean first = true;
    int length;
    for (int at = 0; at + 4 <= payload.length(); at += 4 + length) {
      length = nalLength(payload, at);
      if (length < 2) {
        continue;
      }
      int type = syntax.type(payload, at + 4);
      if (syntax.isSlice(type)) {
        sliceHeader = payload.getUnsignedShort(at + 4);
        break;
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
    return new Picture(sample, lead, needsSets && delimited);
  }

  /** Of the NAL unit whose length is here; 0 at the end. */
  private static int nalLength(Buffer payload, int at) {
    return at + 4 <= payload.length()
        ? Math.clamp(payload.getUnsignedInt(at), 0, payload.length() - at - 4)
        : 0;
  }

  /** One access unit. */
  private final class Picture implements Unit {
    private final Sample sample;
    private final Buffer lead;
    private final boolean setsAfterDelimiter;
    private final long dts;
    private final long pts;

    /**
     * @param lead what goes before the access unit
     * @param setsAfterDelimiter whether parameter sets go behind its first NAL unit
     */
    Picture(Sample sample, Buffer lead, boolean setsAfterDelimiter) {
      this.sample = sample;
      this.lead = lead;
      this.setsAfterDelimiter = setsAfterDelimiter;
      this.dts = MediaClock.of(sample.dts(), timescale);
      this.pts = MediaClock.of(sample.pts(), timescale);
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
      return lead.length() + sets + sample.payload().length();
    }

    @Override
    public boolean sync() {
      return sample.sync();
    }

    @Override
    public void write(PacketWriter out) {
      Buffer payload = sample.payload();
      out.put(lead);
      boolean awaitsSets = setsAfterDelimiter;
      int at = 0;
      while (at + 4 <= payload.length()) {
        int length = nalLength(payload, at);
        out.put(length == 0 ? ZEROS : START_CODE);
        out.put(payload, at + 4, length);
        if (awaitsSets && length > 1) {
          out.put(parameterSets);
          awaitsSets = false;
        }
        at += 4 + length;
      }
      // Up to three bytes that are no length: samples of a broken file.
      out.put(ZEROS, 0, payload.length() - at);
    }
  }
}
