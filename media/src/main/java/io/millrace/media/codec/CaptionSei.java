package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/**
 * Finds the captions that coded pictures carry: {@code cc_data} (ATSC A/53 part 4, 6.2.3; CTA-708
 * 4.4) in SEI messages {@code user_data_registered_itu_t_t35} of AVC and HEVC. To be used for all
 * pictures of a track, by one thread at a time. Data is never trusted: what cannot be read is left
 * out and counted.
 */
public final class CaptionSei {
  /** Bytes of one {@code cc_data_pkt}: its flags and type, and two of data. */
  public static final int PACKET = 3;

  /**
   * More than 600 of them a second need at the lowest frame rates, for two fields in one sample.
   */
  private static final int MAX_PACKETS = 128;

  private static final int MAX_SEI_BYTES = 64 << 10;
  private static final int STOP_BIT = 0x80;
  private static final int REGISTERED_USER_DATA = 4;

  /**
   * Country (United States), provider (ATSC), {@code GA94}, and the type that is {@code cc_data}.
   */
  private static final byte[] CAPTIONS = {(byte) 0xB5, 0, 0x31, 'G', 'A', '9', '4', 3};

  private static final int HEAD = CAPTIONS.length + 2;
  private static final int PROCESS = 0x40;
  private static final int COUNT = 0x1F;
  private static final Buffer NOTHING = Buffer.buffer();

  private final boolean hevc;
  private final NalCursor units = new NalCursor();
  private byte[] sei = new byte[1024];
  private Buffer found = NOTHING;
  private long malformed;

  private CaptionSei(boolean hevc) {
    this.hevc = hevc;
  }

  /** For access units of AVC. */
  public static CaptionSei avc() {
    return new CaptionSei(false);
  }

  /** For access units of HEVC. */
  public static CaptionSei hevc() {
    return new CaptionSei(true);
  }

  /** SEI messages that were cut off or did not fit what they announced. */
  public long malformed() {
    return malformed;
  }

  /**
   * The captions of one access unit.
   *
   * @param accessUnit length-prefixed NAL units
   * @return every {@code cc_data_pkt} in the order of the bitstream, valid or not, {@link #PACKET}
   *     bytes each; the caller's own
   */
  public Buffer read(Buffer accessUnit) {
    found = NOTHING;
    units.over(accessUnit);
    while (units.next()) {
      if (isSei(units.header())) {
        int from = units.from() + (hevc ? HevcNal.HEADER : AvcNal.HEADER);
        int until = Math.min(units.from() + units.length(), from + MAX_SEI_BYTES);
        if (until - from > sei.length) {
          sei = new byte[MAX_SEI_BYTES];
        }
        messages(ParameterSets.withoutEmulationPrevention(accessUnit, from, until, sei));
      }
    }
    return found;
  }

  private boolean isSei(byte first) {
    if (!hevc) {
      return AvcNal.type(first) == AvcNal.SEI;
    }
    int type = HevcNal.type(first);
    return type == HevcNal.PREFIX_SEI || type == HevcNal.SUFFIX_SEI;
  }

  /**
   * Each has its type and its size in bytes of which all but the last are 255 (14496-10 7.3.2.3).
   */
  private void messages(int length) {
    int end = end(length);
    int at = 0;
    while (at < end) {
      int type = 0;
      for (; at < end && value(at) == 255; at++) {
        type += 255;
      }
      type += at < end ? value(at) : 0;
      at++;
      int size = 0;
      for (; at < end && value(at) == 255; at++) {
        size += 255;
      }
      if (at >= end || size + value(at) > end - at - 1) {
        malformed++;
        return;
      }
      size += value(at);
      at++;
      if (type == REGISTERED_USER_DATA && isCaptions(at, size)) {
        captions(at, size);
      }
      at += size;
    }
  }

  /** Where the last message ends: before the stop bit, and zeros that may follow it. */
  private int end(int length) {
    int end = length;
    while (end > 0 && sei[end - 1] == 0) {
      end--;
    }
    return end > 0 && value(end - 1) == STOP_BIT ? end - 1 : end;
  }

  private boolean isCaptions(int at, int size) {
    if (size < HEAD) {
      return false;
    }
    for (int i = 0; i < CAPTIONS.length; i++) {
      if (sei[at + i] != CAPTIONS[i]) {
        return false;
      }
    }
    return (value(at + CAPTIONS.length) & PROCESS) != 0;
  }

  private void captions(int at, int size) {
    int bytes = (value(at + CAPTIONS.length) & COUNT) * PACKET;
    if (bytes > size - HEAD || found.length() + bytes > MAX_PACKETS * PACKET) {
      malformed++;
      return;
    }
    if (bytes > 0) {
      found = found.length() == 0 ? Buffer.buffer(bytes) : found;
      found.appendBytes(sei, at + HEAD, bytes);
    }
  }

  private int value(int at) {
    return sei[at] & 0xFF;
  }
}
