package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * The header before each AAC frame of an ADTS stream (ISO/IEC 13818-7 6.2).
 *
 * @param objectType audio object type, 1 to 4
 * @param channelConfiguration 0 where a program_config_element in the stream tells
 * @param length bytes of the header itself: 7, or 9 with a checksum
 * @param frameLength bytes of header and frame
 */
public record AdtsHeader(
    int objectType, int sampleRate, int channelConfiguration, int length, int frameLength) {
  private static final String WHERE = "ADTS";
  private static final int MIN_LENGTH = 7;

  /**
   * Whether an access unit that should be raw begins with an ADTS header. A raw one hardly ever
   * starts with the sync word, and never also with its own length.
   */
  public static boolean precedes(Buffer unit) {
    return unit.length() >= MIN_LENGTH
        && (unit.getUnsignedShort(0) & 0xFFF6) == 0xFFF0
        && lengthOf(unit, 0) == unit.length();
  }

  /**
   * Reads the header at an offset.
   *
   * @throws MalformedMediaException when there is none
   */
  public static AdtsHeader parse(Buffer data, int offset) {
    if (data.length() - offset < MIN_LENGTH) {
      throw new MalformedMediaException(WHERE, offset, "ends too early");
    }
    if ((data.getUnsignedShort(offset) & 0xFFF6) != 0xFFF0) {
      throw new MalformedMediaException(WHERE, offset, "no sync word");
    }
    int length = (data.getByte(offset + 1) & 1) == 1 ? MIN_LENGTH : 9;
    int fields = data.getUnsignedShort(offset + 2);
    int sampleRate = AacConfiguration.rateOf(fields >> 10 & 0xF);
    int frameLength = lengthOf(data, offset);
    if (sampleRate == 0) {
      throw new MalformedMediaException(WHERE, offset + 2, "reserved sampling frequency");
    }
    if (frameLength < length) {
      throw new MalformedMediaException(WHERE, offset + 3, "frame of " + frameLength + " bytes");
    }
    return new AdtsHeader((fields >> 14) + 1, sampleRate, fields >> 6 & 7, length, frameLength);
  }

  /**
   * The configuration that a container would carry.
   *
   * @throws MalformedMediaException when the channels are told elsewhere
   */
  public AacConfiguration configuration() {
    if (channelConfiguration == 0) {
      throw new MalformedMediaException(WHERE, 2, "tells no channels");
    }
    int index = 0;
    while (AacConfiguration.rateOf(index) != sampleRate) {
      index++;
    }
    int bits = objectType << 11 | index << 7 | channelConfiguration << 3;
    return AacConfiguration.parse(Buffer.buffer(2).appendUnsignedShort(bits));
  }

  private static int lengthOf(Buffer data, int offset) {
    return (int) (data.getUnsignedInt(offset + 2) >> 5 & 0x1FFF);
  }
}
