package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the frames of an E-AC-3 access unit say of themselves (ETSI TS 102 366 annex E).
 *
 * @param dataRate kbit/s of all substreams together
 * @param sampleRate of the first independent substream
 * @param substreams the independent ones, in order
 * @param objectAudioComplexity of the joint object coding extension; 0 without one
 */
public record Eac3Configuration(
    int dataRate, int sampleRate, List<Substream> substreams, int objectAudioComplexity)
    implements CodecConfiguration.Sound {
  private static final int BLOCK_SAMPLES = 256;
  private static final int MAX_FRAMES = 64;

  /**
   * An independent substream and where its dependent ones put their channels.
   *
   * @param rateCode {@code fscod}
   * @param bitstreamId {@code bsid}
   * @param bitstreamMode {@code bsmod}
   * @param channelMode {@code acmod}
   * @param dependents how many dependent substreams follow
   * @param locations {@code chan_loc} of annex F
   */
  public record Substream(
      int rateCode,
      int bitstreamId,
      int bitstreamMode,
      int channelMode,
      boolean lowFrequency,
      int dependents,
      int locations) {
    /** Channels with those of the dependent substreams. */
    public int channels() {
      // Bits 0, 1, 4, 5 and 6 stand for pairs.
      int added = Integer.bitCount(locations) + Integer.bitCount(locations & 0x73);
      return Ac3Configuration.channelsOf(channelMode) + (lowFrequency ? 1 : 0) + added;
    }
  }

  /**
   * @param unit the frames of one access unit, from the first sync word on
   * @throws MalformedMediaException when they are not E-AC-3 frames
   */
  public static Eac3Configuration fromFrame(Buffer unit) {
    List<Substream> substreams = new ArrayList<>();
    int objects = 0;
    long bytes = 0;
    List<Eac3Frame> frames = frames(unit);
    Eac3Frame first = frames.get(0);
    if (first.dependent() || first.substream() != 0) {
      throw new MalformedMediaException("E-AC-3 frame", 2, "starts with a dependent substream");
    }
    int blocks = 0;
    int independent = -1;
    for (Eac3Frame frame : frames) {
      bytes += frame.bytes();
      objects = Math.max(objects, frame.objectAudioComplexity());
      blocks += !frame.dependent() && frame.substream() == 0 ? frame.blocks() : 0;
      if (!frame.dependent() && frame.substream() == substreams.size()) {
        substreams.add(frame.asSubstream());
      }
      independent = frame.dependent() ? independent : frame.substream();
      if (frame.dependent() && independent < substreams.size()) {
        Substream to = substreams.get(independent);
        if (frame.substream() >= to.dependents()) {
          substreams.set(independent, frame.addTo(to));
        }
      }
    }
    long dataRate = bytes * 8 * first.sampleRate() / (blocks * (long) BLOCK_SAMPLES) / 1000;
    return new Eac3Configuration(
        (int) Math.min(dataRate, 0x1FFF), first.sampleRate(), List.copyOf(substreams), objects);
  }

  @Override
  public int channels() {
    return substreams.get(0).channels();
  }

  /** As it is spelled in MP4. */
  @Override
  public String codecs() {
    return "ec-3";
  }

  /** A frame of six blocks in which nothing is heard; empty for more substreams than one. */
  public Optional<Buffer> silence() {
    return DolbySilence.of(this);
  }

  /** Whether a change to the other is none of the encoding (HLS D1); bit rates may differ. */
  public boolean sameEncoding(Eac3Configuration other) {
    return sampleRate == other.sampleRate
        && substreams.equals(other.substreams)
        && objectAudioComplexity == other.objectAudioComplexity;
  }

  /**
   * Samples in an access unit, of each channel: the blocks of the first substream.
   *
   * @throws MalformedMediaException when they are not E-AC-3 frames
   */
  public static int samplesIn(Buffer unit) {
    int blocks = 0;
    for (Eac3Frame frame : frames(unit)) {
      blocks += frame.dependent() || frame.substream() != 0 ? 0 : frame.blocks();
    }
    if (blocks == 0) {
      throw new MalformedMediaException("E-AC-3 frame", 0, "has no independent substream");
    }
    return blocks * BLOCK_SAMPLES;
  }

  private static List<Eac3Frame> frames(Buffer unit) {
    List<Eac3Frame> frames = new ArrayList<>();
    int at = 0;
    do {
      Eac3Frame frame = Eac3Frame.read(unit, at);
      frames.add(frame);
      at += frame.bytes();
    } while (at < unit.length() && frames.size() < MAX_FRAMES);
    return frames;
  }
}
