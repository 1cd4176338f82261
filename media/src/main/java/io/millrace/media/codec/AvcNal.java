package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/** NAL unit types of AVC (ISO/IEC 14496-10 table 7-1), told by the first byte of the unit. */
public final class AvcNal {
  public static final int NON_IDR = 1;
  public static final int IDR = 5;
  public static final int SEI = 6;
  public static final int SPS = 7;
  public static final int PPS = 8;
  public static final int ACCESS_UNIT_DELIMITER = 9;

  /** Bytes of a unit's header. */
  public static final int HEADER = 1;

  private static final int REF_IDC = 0x60;

  private AvcNal() {}

  /** The type of a NAL unit that starts with this byte. */
  public static int type(byte first) {
    return first & 0x1F;
  }

  /** Whether it is a slice of a picture, or a partition of one. */
  public static boolean isPicture(int type) {
    return type >= NON_IDR && type <= IDR;
  }

  /** Whether any other picture may refer to the one whose slice starts with this byte. */
  public static boolean isReferenced(byte first) {
    return (first & REF_IDC) != 0;
  }

  /**
   * The id that a sequence or picture parameter set is known by (7.3.2.1.1, 7.3.2.2).
   *
   * @param nal the whole NAL unit
   * @throws MalformedMediaException when it ends before that
   */
  public static int parameterSetId(Buffer nal) {
    BitReader in = ParameterSets.bits("AVC parameter set", nal, HEADER);
    if (type(nal.getByte(0)) == SPS) {
      in.skip(AvcPicture.PROFILE_AND_LEVEL_BITS);
    }
    return in.unsignedExpGolomb();
  }
}
