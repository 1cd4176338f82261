package io.millrace.media;

/** What a track's samples are, with everything a decoder needs before the first one. */
public sealed interface TrackFormat {
  /** The {@code codecs} parameter of RFC 6381, exact from the bitstream ({@code avc1.64001E}). */
  String codecs();

  /** Pictures. */
  sealed interface Video extends TrackFormat {
    /** Pixels after cropping. */
    int width();

    int height();
  }

  /** Sound. */
  sealed interface Audio extends TrackFormat {
    /** Samples per second after decoding. */
    int sampleRate();

    int channels();
  }

  /** H.264 as length-prefixed NAL units (ISO/IEC 14496-15 5.3). */
  record H264(AvcConfiguration configuration) implements Video {
    @Override
    public String codecs() {
      return configuration.codecs();
    }

    @Override
    public int width() {
      return configuration.picture().width();
    }

    @Override
    public int height() {
      return configuration.picture().height();
    }
  }

  /** AAC as raw access units without ADTS headers (ISO/IEC 14496-3). */
  record Aac(AacConfiguration configuration) implements Audio {
    @Override
    public String codecs() {
      return configuration.codecs();
    }

    @Override
    public int sampleRate() {
      return configuration.sampleRate();
    }

    @Override
    public int channels() {
      return configuration.channels();
    }
  }
}
