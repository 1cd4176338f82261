package io.millrace.media;

import io.millrace.media.codec.AacConfiguration;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.AspectRatio;
import io.millrace.media.codec.Av1Configuration;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.CodecConfiguration;
import io.millrace.media.codec.ColorInfo;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.FlacConfiguration;
import io.millrace.media.codec.HevcConfiguration;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.media.codec.PictureFormat;
import io.millrace.media.codec.Vp9Configuration;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** What a track's samples are, with everything a decoder needs before the first one. */
public sealed interface TrackFormat {
  /** What a decoder needs before the first access unit. */
  CodecConfiguration configuration();

  /** The {@code codecs} parameter of RFC 6381, exact from the bitstream ({@code avc1.64001E}). */
  default String codecs() {
    return configuration().codecs();
  }

  /**
   * Whether a change to the other is none of the encoding, so that no discontinuity stands between
   * (HLS D1, D2). Formats that are equal are so, but those that differ may be: in bit rate, in
   * timing, in the order of parameter sets.
   */
  boolean sameEncoding(TrackFormat other);

  /** Pictures. */
  sealed interface Video extends TrackFormat {
    /** What the bitstream says of the picture. */
    PictureFormat picture();

    /** Pixels after cropping. */
    default int width() {
      return picture().width();
    }

    /** Pixels after cropping. */
    default int height() {
      return picture().height();
    }
  }

  /** Sound. */
  sealed interface Audio extends TrackFormat {
    @Override
    CodecConfiguration.Sound configuration();

    /** Samples per second after decoding. */
    default int sampleRate() {
      return configuration().sampleRate();
    }

    default int channels() {
      return configuration().channels();
    }

    /** What access units are counted in, per second: best the track's timescale. */
    default int clockRate() {
      return sampleRate();
    }

    /** How long most access units last, at {@link #clockRate}. */
    int usualSamples();

    /**
     * How long an access unit lasts, at {@link #clockRate}.
     *
     * @throws MalformedMediaException when its start cannot be read
     */
    int samplesIn(Buffer accessUnit);

    /**
     * An access unit of the usual length in which nothing is heard, for sound that is away; empty
     * where it cannot be made.
     */
    default Optional<Buffer> silence() {
      return Optional.empty();
    }
  }

  /** H.264 as length-prefixed NAL units (ISO/IEC 14496-15 5.3). */
  record H264(AvcConfiguration configuration) implements Video {
    @Override
    public PictureFormat picture() {
      return configuration.picture().format();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof H264(var next) && configuration.sameEncoding(next);
    }
  }

  /** HEVC as length-prefixed NAL units (ISO/IEC 14496-15 8.3). */
  record H265(HevcConfiguration configuration) implements Video {
    @Override
    public PictureFormat picture() {
      return configuration.picture().format();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof H265(var next) && configuration.sameEncoding(next);
    }
  }

  /** AV1 as temporal units without their delimiters (AV1 in ISOBMFF 2.4). */
  record Av1(Av1Configuration configuration) implements Video {
    @Override
    public PictureFormat picture() {
      return configuration.sequence().format();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof Av1(var next) && configuration.sameEncoding(next);
    }
  }

  /**
   * VP9 as frames or superframes.
   *
   * @param width of the first key frame: the configuration does not tell
   * @param height of the first key frame
   */
  record Vp9(Vp9Configuration configuration, int width, int height) implements Video {
    public Vp9 {
      configuration = configuration.withLevelFor(width, height);
    }

    @Override
    public PictureFormat picture() {
      int chromaFormat = Math.max(1, configuration.chromaSubsampling());
      ColorInfo color = configuration.color();
      return new PictureFormat(
          width, height, chromaFormat, configuration.bitDepth(), color, AspectRatio.SQUARE, 0);
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return equals(other);
    }
  }

  /** AAC as raw access units without ADTS headers (ISO/IEC 14496-3). */
  record Aac(AacConfiguration configuration) implements Audio {
    @Override
    public int clockRate() {
      return configuration.coreSampleRate();
    }

    @Override
    public int usualSamples() {
      return configuration.samplesPerFrame();
    }

    @Override
    public int samplesIn(Buffer accessUnit) {
      return configuration.samplesPerFrame();
    }

    @Override
    public Optional<Buffer> silence() {
      return configuration.silence();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof Aac(var next) && configuration.sameEncoding(next);
    }
  }

  /** Opus packets (RFC 6716). */
  record Opus(OpusConfiguration configuration) implements Audio {
    @Override
    public int usualSamples() {
      return OpusConfiguration.SAMPLE_RATE / 50;
    }

    @Override
    public int samplesIn(Buffer accessUnit) {
      return OpusConfiguration.samplesIn(accessUnit);
    }

    @Override
    public Optional<Buffer> silence() {
      return configuration.silence();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof Opus(var next) && configuration.sameEncoding(next);
    }
  }

  /** FLAC frames (RFC 9639). */
  record Flac(FlacConfiguration configuration) implements Audio {
    @Override
    public int usualSamples() {
      return configuration.maxBlockSize();
    }

    @Override
    public int samplesIn(Buffer accessUnit) {
      return FlacConfiguration.samplesIn(accessUnit);
    }

    @Override
    public Optional<Buffer> silence() {
      return Optional.of(configuration.silence());
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof Flac(var next) && configuration.sameEncoding(next);
    }
  }

  /** AC-3 frames from their sync word on (ETSI TS 102 366). */
  record Ac3(Ac3Configuration configuration) implements Audio {
    @Override
    public int usualSamples() {
      return Ac3Configuration.SAMPLES_PER_FRAME;
    }

    @Override
    public int samplesIn(Buffer accessUnit) {
      return Ac3Configuration.SAMPLES_PER_FRAME;
    }

    @Override
    public Optional<Buffer> silence() {
      return configuration.silence();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof Ac3(var next) && configuration.sameEncoding(next);
    }
  }

  /** E-AC-3 access units: one frame or more of every substream (ETSI TS 102 366 annex E). */
  record Eac3(Eac3Configuration configuration) implements Audio {
    @Override
    public int usualSamples() {
      return Ac3Configuration.SAMPLES_PER_FRAME;
    }

    @Override
    public int samplesIn(Buffer accessUnit) {
      return Eac3Configuration.samplesIn(accessUnit);
    }

    @Override
    public Optional<Buffer> silence() {
      return configuration.silence();
    }

    @Override
    public boolean sameEncoding(TrackFormat other) {
      return other instanceof Eac3(var next) && configuration.sameEncoding(next);
    }
  }
}
