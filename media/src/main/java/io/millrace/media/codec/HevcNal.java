package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/** NAL unit types of HEVC (ISO/IEC 23008-2 table 7-1), told by the first byte of the unit. */
public final class HevcNal {
  public static final int RADL_N = 6;
  public static final int RASL_R = 9;
  public static final int BLA_W_LP = 16;
  public static final int IDR_W_RADL = 19;
  public static final int IDR_N_LP = 20;
  public static final int CRA = 21;
  public static final int VPS = 32;
  public static final int SPS = 33;
  public static final int PPS = 34;
  public static final int ACCESS_UNIT_DELIMITER = 35;
  public static final int PREFIX_SEI = 39;
  public static final int SUFFIX_SEI = 40;

  /** Bytes of a unit's header. */
  public static final int HEADER = 2;

  private static final int LAST_IRAP = 23;
  private static final int LAST_PICTURE = 31;

  private HevcNal() {}

  /** The type of a NAL unit that starts with this byte. */
  public static int type(byte first) {
    return first >> 1 & 0x3F;
  }

  /** Whether it is a slice of a picture. */
  public static boolean isPicture(int type) {
    return type <= LAST_PICTURE;
  }

  /** Nothing after it, in any order, refers to what came before (SAP type 1 or 2). */
  public static boolean isIdr(int type) {
    return type == IDR_W_RADL || type == IDR_N_LP;
  }

  /** Decoding can start here: IDR, BLA or CRA; leading pictures of the last two are skipped. */
  public static boolean isRandomAccess(int type) {
    return type >= BLA_W_LP && type <= LAST_IRAP;
  }

  /** A broken link: what follows was spliced on. */
  public static boolean isBrokenLink(int type) {
    return type >= BLA_W_LP && type < IDR_W_RADL;
  }

  /** Shown before the random access picture that it follows. */
  public static boolean isLeading(int type) {
    return type >= RADL_N && type <= RASL_R;
  }

  /** Leading, and not to be decoded when decoding starts at its random access picture. */
  public static boolean isSkippedLeading(int type) {
    return type == RASL_R || type == RASL_R - 1;
  }

  /** Slices that no later picture of the same temporal layer refers to. */
  public static boolean isUnreferenced(int type) {
    return type <= 14 && (type & 1) == 0;
  }

  /** VPS, SPS or PPS. */
  public static boolean isParameterSet(int type) {
    return type >= VPS && type <= PPS;
  }

  /**
   * The id that a parameter set is known by among those of its kind (7.3.2.1 to 7.3.2.3).
   *
   * @param nal the whole NAL unit
   * @throws MalformedMediaException when it ends before that
   */
  public static int parameterSetId(Buffer nal) {
    BitReader in = ParameterSets.bits("HEVC parameter set", nal, HEADER);
    return switch (type(nal.getByte(0))) {
      case VPS -> in.integer(4);
      case SPS -> HevcPicture.sequenceId(in);
      default -> in.unsignedExpGolomb();
    };
  }
}
