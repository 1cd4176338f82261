package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * The stream information of FLAC (RFC 9639 8.2).
 *
 * @param streamInfo the 34 bytes of the block, without its header
 * @param maxBlockSize samples of the longest frame
 */
public record FlacConfiguration(
    Buffer streamInfo,
    int minBlockSize,
    int maxBlockSize,
    int sampleRate,
    int channels,
    int bitsPerSample)
    implements CodecConfiguration.Sound {
  private static final String WHERE = "STREAMINFO";
  private static final int MARKER = 0x664C6143;
  private static final int BYTES = 34;
  private static final int LAST_BLOCK = 0x80000000;

  /**
   * Reads the block as it comes: behind the stream marker {@code fLaC} or not, with a block header
   * or bare.
   *
   * @throws MalformedMediaException when it breaks its form
   */
  public static FlacConfiguration parse(Buffer header) {
    int at = startsWith(header, 0, MARKER) ? 4 : 0;
    // A bare block of these four bytes would have blocks of no samples.
    if (startsWith(header, at, BYTES) || startsWith(header, at, LAST_BLOCK | BYTES)) {
      at += 4;
    }
    ParameterSets.need(WHERE, header, at, BYTES);
    Buffer streamInfo = header.getBuffer(at, at + BYTES);
    BitReader in = new BitReader(WHERE, streamInfo);
    int minBlockSize = in.integer(16);
    int maxBlockSize = in.integer(16);
    in.skip(24 + 24);
    int sampleRate = in.integer(20);
    int channels = in.integer(3) + 1;
    int bitsPerSample = in.integer(5) + 1;
    if (minBlockSize < 16 || maxBlockSize < minBlockSize || sampleRate == 0 || bitsPerSample < 4) {
      throw in.malformed(
          "blocks of " + minBlockSize + " to " + maxBlockSize + " samples at " + sampleRate);
    }
    return new FlacConfiguration(
        streamInfo, minBlockSize, maxBlockSize, sampleRate, channels, bitsPerSample);
  }

  /** As it is spelled in MP4. */
  @Override
  public String codecs() {
    return "fLaC";
  }

  /** A frame of the longest block in which nothing is heard. */
  public Buffer silence() {
    return FlacSilence.of(this);
  }

  /** Whether a change to the other is none of the encoding (HLS D1). */
  public boolean sameEncoding(FlacConfiguration other) {
    return sampleRate == other.sampleRate
        && channels == other.channels
        && bitsPerSample == other.bitsPerSample;
  }

  /**
   * Samples in a frame by its header (RFC 9639 9.1), of each channel.
   *
   * @throws MalformedMediaException when it is not a FLAC frame
   */
  public static int samplesIn(Buffer frame) {
    BitReader in = new BitReader("FLAC frame", frame);
    if (in.integer(15) != 0x7FFC) {
      throw in.malformed("no sync code");
    }
    in.flag();
    int code = in.integer(4);
    in.skip(4 + 4 + 3 + 1);
    if (code == 6 || code == 7) {
      int ones = 0;
      while (ones < 8 && in.flag()) {
        ones++;
      }
      if (ones == 1 || ones == 8) {
        throw in.malformed("coded number");
      }
      in.skip(7 - ones + 8 * Math.max(0, ones - 1));
      return in.integer(code == 6 ? 8 : 16) + 1;
    }
    return switch (code) {
      case 0 -> throw in.malformed("reserved block size");
      case 1 -> 192;
      case 2, 3, 4, 5 -> 144 << code;
      default -> 1 << code;
    };
  }

  private static boolean startsWith(Buffer header, int at, int word) {
    return header.length() - at >= 4 && header.getInt(at) == word;
  }
}
