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

  /** Twelve bits; between them and the checksum's bit are the version and the layer, which is 0. */
  private static final int SYNC = 0xFFF0;

  private static final int SYNC_MASK = 0xFFF6;

  /** Whether the data begins with a sync word, and is long enough for a header. */
  public static boolean startsAt(Buffer data, int offset) {
    return data.length() - offset >= MIN_LENGTH
        && (data.getUnsignedShort(offset) & SYNC_MASK) == SYNC;
  }

  /**
   * Whether data that should be a raw access unit consists of ADTS frames. A raw one may start with
   * the sync word, but not also with its own length.
   */
  public static boolean fills(Buffer data) {
    int at = 0;
    while (startsAt(data, at)) {
      int length = lengthOf(data, at);
      if (length <= MIN_LENGTH || length > data.length() - at) {
        return false;
      }
      at += length;
    }
    return at > 0 && at == data.length();
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
    if (!startsAt(data, offset)) {
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
    int index = AacConfiguration.indexOf(sampleRate).orElseThrow();
    int bits = objectType << 11 | index << 7 | channelConfiguration << 3;
    return AacConfiguration.parse(Buffer.buffer(2).appendUnsignedShort(bits));
  }

  private static int lengthOf(Buffer data, int offset) {
    return (int) (data.getUnsignedInt(offset + 2) >> 5 & 0x1FFF);
  }
}
