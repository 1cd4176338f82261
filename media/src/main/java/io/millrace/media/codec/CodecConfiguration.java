package io.millrace.media.codec;

/** What a decoder has to know before the first access unit. */
public interface CodecConfiguration {
  /** The {@code codecs} parameter of RFC 6381, exact from the bitstream ({@code avc1.64001E}). */
  String codecs();

  /** Of sound. */
  interface Sound extends CodecConfiguration {
    /** Samples per second after decoding. */
    int sampleRate();

    int channels();
  }
}
