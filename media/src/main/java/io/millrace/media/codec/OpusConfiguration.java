package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The identification header of Opus (RFC 7845 5.1). Opus always counts in 48 kHz.
 *
 * @param preSkip samples to be dropped from a decoder's first output
 * @param inputSampleRate what was encoded, for people to know; 0 where it is unknown
 * @param outputGain in 1/256 dB
 * @param mappingFamily 0 for mono and stereo, 1 for surround in Vorbis order, 255 for unrelated
 *     channels
 * @param mapping empty for family 0; otherwise streams, coupled streams and one byte a channel
 */
public record OpusConfiguration(
    int channels,
    int preSkip,
    long inputSampleRate,
    int outputGain,
    int mappingFamily,
    Buffer mapping)
    implements CodecConfiguration.Sound {
  public static final int SAMPLE_RATE = 48_000;

  private static final String WHERE = "OpusHead";
  private static final byte[] MAGIC = "OpusHead".getBytes(StandardCharsets.US_ASCII);
  private static final int FIXED_BYTES = 19;
  private static final int MAX_UNIT_SAMPLES = SAMPLE_RATE * 120 / 1000;

  /** Full band, 20 ms, one frame. */
  private static final int SILENT_TOC = 31 << 3;

  private static final int STEREO = 1 << 2;
  private static final int[] SILK_SAMPLES = {480, 960, 1920, 2880};

  /**
   * @throws MalformedMediaException when the header breaks its form
   */
  public static OpusConfiguration parse(Buffer head) {
    if (head.length() < FIXED_BYTES) {
      throw new MalformedMediaException(WHERE, head.length(), "ends too early");
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (head.getByte(i) != MAGIC[i]) {
        throw new MalformedMediaException(WHERE, i, "no OpusHead");
      }
    }
    if ((head.getByte(8) & 0xF0) != 0) {
      throw new MalformedMediaException(WHERE, 8, "version " + head.getUnsignedByte(8));
    }
    int channels = head.getUnsignedByte(9);
    int family = head.getUnsignedByte(18);
    int mapped = family == 0 ? 0 : 2 + channels;
    boolean allowed = family == 0 ? channels <= 2 : family != 1 || channels <= 8;
    if (channels == 0 || !allowed) {
      throw new MalformedMediaException(WHERE, 9, channels + " channels in family " + family);
    }
    if (head.length() < FIXED_BYTES + mapped) {
      throw new MalformedMediaException(WHERE, head.length(), "ends within the channel mapping");
    }
    if (mapped > 0) {
      checkStreams(head.getUnsignedByte(19), head.getUnsignedByte(20));
    }
    return new OpusConfiguration(
        channels,
        head.getUnsignedShortLE(10),
        head.getUnsignedIntLE(12),
        head.getShortLE(16),
        family,
        head.getBuffer(FIXED_BYTES, FIXED_BYTES + mapped));
  }

  @Override
  public int sampleRate() {
    return SAMPLE_RATE;
  }

  /** As RFC 6381's users spell it in MP4. */
  @Override
  public String codecs() {
    return "Opus";
  }

  /**
   * A packet of 20 ms in which nothing is heard: one CELT frame (RFC 6716 3.1, 4.3) with the
   * silence flag. Empty for more streams than one, which would each need theirs.
   */
  public Optional<Buffer> silence() {
    int toc = channels == 2 ? SILENT_TOC | STEREO : SILENT_TOC;
    return mappingFamily == 0
        ? Optional.of(Buffer.buffer(new byte[] {(byte) toc, (byte) 0xFF, (byte) 0xFE}))
        : Optional.empty();
  }

  /** Whether a change to the other is none of the encoding (HLS D1). */
  public boolean sameEncoding(OpusConfiguration other) {
    return channels == other.channels
        && mappingFamily == other.mappingFamily
        && outputGain == other.outputGain
        && mapping.equals(other.mapping);
  }

  /**
   * Samples in a packet by its table of contents (RFC 6716 3.1), of each channel.
   *
   * @throws MalformedMediaException when the packet is empty or would last longer than 120 ms
   */
  public static int samplesIn(Buffer packet) {
    if (packet.length() == 0) {
      throw new MalformedMediaException("Opus packet", 0, "is empty");
    }
    int toc = packet.getUnsignedByte(0);
    int config = toc >> 3;
    int each;
    if (config < 12) {
      each = SILK_SAMPLES[config & 3];
    } else if (config < 16) {
      each = 480 << (config & 1);
    } else {
      each = 120 << (config & 3);
    }
    int frames =
        switch (toc & 3) {
          case 0 -> 1;
          case 1, 2 -> 2;
          default -> packet.length() > 1 ? packet.getByte(1) & 0x3F : 0;
        };
    int samples = each * frames;
    if (samples == 0 || samples > MAX_UNIT_SAMPLES) {
      throw new MalformedMediaException("Opus packet", 0, frames + " frames of " + each);
    }
    return samples;
  }

  private static void checkStreams(int streams, int coupled) {
    if (streams == 0 || coupled > streams) {
      throw new MalformedMediaException(WHERE, 19, streams + " streams, " + coupled + " coupled");
    }
  }
}
