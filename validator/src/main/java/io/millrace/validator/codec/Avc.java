package io.millrace.validator.codec;

import io.millrace.validator.media.Access;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.TrackFormat;
import java.util.List;
import java.util.Set;

/** H.264 (ISO/IEC 14496-10). */
public final class Avc {
  public static final int SLICE = 1;
  public static final int IDR = 5;
  public static final int SEI = 6;
  public static final int SPS = 7;
  public static final int PPS = 8;
  public static final int AUD = 9;

  private static final int RECOVERY_POINT = 6;
  private static final Set<Integer> HIGH = Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128);

  private Avc() {}

  public static int type(byte[] nal) {
    return nal.length == 0 ? -1 : nal[0] & 0x1F;
  }

  /** Whether decoding can start at an access unit. */
  public static Access access(List<byte[]> nals) {
    boolean recovery = false;
    boolean slice = false;
    for (byte[] nal : nals) {
      switch (type(nal)) {
        case IDR -> {
          return Access.KEY;
        }
        case SEI -> recovery |= nal.length > 1 && nal[1] == RECOVERY_POINT;
        case SLICE, 2 -> slice = true;
        default -> {}
      }
    }
    return recovery && slice ? Access.OPEN : Access.NONE;
  }

  /**
   * What a sequence parameter set says (7.3.2.1.1).
   *
   * @throws MalformedFileException when it is none
   */
  public static TrackFormat format(byte[] sps) {
    if (type(sps) != SPS || sps.length < 5) {
      throw new MalformedFileException("byte 0", "no sequence parameter set");
    }
    BitReader bits = BitReader.ofNal(sps, 1);
    int profile = bits.number(8);
    int constraints = bits.number(8);
    int level = bits.number(8);
    bits.unsigned();
    int chroma = 1;
    if (HIGH.contains(profile)) {
      chroma = bits.unsigned();
      if (chroma == 3) {
        bits.skip(1);
      }
      bits.unsigned();
      bits.unsigned();
      bits.skip(1);
      if (bits.flag()) {
        for (int i = 0; i < (chroma == 3 ? 12 : 8); i++) {
          if (bits.flag()) {
            skipScalingList(bits, i < 6 ? 16 : 64);
          }
        }
      }
    }
    bits.unsigned();
    int order = bits.unsigned();
    if (order == 0) {
      bits.unsigned();
    } else if (order == 1) {
      bits.skip(1);
      bits.signed();
      bits.signed();
      int cycle = bits.unsigned();
      for (int i = 0; i < cycle; i++) {
        bits.signed();
      }
    }
    bits.unsigned();
    bits.skip(1);
    int width = (bits.unsigned() + 1) * 16;
    int mapUnits = bits.unsigned() + 1;
    boolean frames = bits.flag();
    int height = mapUnits * 16 * (frames ? 1 : 2);
    if (!frames) {
      bits.skip(1);
    }
    bits.skip(1);
    if (bits.flag()) {
      int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
      int unitY = (chroma == 1 ? 2 : 1) * (frames ? 1 : 2);
      width -= unitX * (bits.unsigned() + bits.unsigned());
      height -= unitY * (bits.unsigned() + bits.unsigned());
    }
    return TrackFormat.video(
        "avc1.%02x%02x%02x".formatted(profile, constraints, level), width, height);
  }

  private static void skipScalingList(BitReader bits, int size) {
    int last = 8;
    int next = 8;
    for (int i = 0; i < size && next != 0; i++) {
      next = (last + bits.signed() + 256) % 256;
      last = next == 0 ? last : next;
    }
  }
}
