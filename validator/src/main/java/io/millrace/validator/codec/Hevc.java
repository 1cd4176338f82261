package io.millrace.validator.codec;

import io.millrace.validator.media.Access;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.TrackFormat;
import java.util.List;

/** H.265 (ISO/IEC 23008-2). */
public final class Hevc {
  public static final int VPS = 32;
  public static final int SPS = 33;
  public static final int PPS = 34;
  public static final int AUD = 35;

  private static final int FIRST_IRAP = 16;
  private static final int CRA = 21;
  private static final int LAST_IRAP = 23;

  private Hevc() {}

  public static int type(byte[] nal) {
    return nal.length < 2 ? -1 : nal[0] >> 1 & 0x3F;
  }

  /** Whether decoding can start at an access unit. */
  public static Access access(List<byte[]> nals) {
    for (byte[] nal : nals) {
      int type = type(nal);
      if (type >= FIRST_IRAP && type <= LAST_IRAP) {
        return type == CRA ? Access.OPEN : Access.KEY;
      }
      if (type >= 0 && type < FIRST_IRAP) {
        return Access.NONE;
      }
    }
    return Access.NONE;
  }

  /**
   * What a sequence parameter set says (7.3.2.2.1); the string is that of ISO/IEC 14496-15 E.3.
   *
   * @throws MalformedFileException when it is none
   */
  public static TrackFormat format(byte[] sps) {
    if (type(sps) != SPS) {
      throw new MalformedFileException("byte 0", "no sequence parameter set");
    }
    BitReader bits = BitReader.ofNal(sps, 2);
    bits.skip(4);
    int layers = bits.number(3);
    bits.skip(1);
    int space = bits.number(2);
    boolean high = bits.flag();
    int profile = bits.number(5);
    long compatibility = bits.bits(32);
    int[] constraints = new int[6];
    for (int i = 0; i < constraints.length; i++) {
      constraints[i] = bits.number(8);
    }
    int level = bits.number(8);
    skipSubLayers(bits, layers);
    bits.unsigned();
    int chroma = bits.unsigned();
    if (chroma == 3) {
      bits.skip(1);
    }
    int width = bits.unsigned();
    int height = bits.unsigned();
    if (bits.flag()) {
      int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
      int unitY = chroma == 1 ? 2 : 1;
      width -= unitX * (bits.unsigned() + bits.unsigned());
      height -= unitY * (bits.unsigned() + bits.unsigned());
    }
    return TrackFormat.video(
        codec(space, high, profile, compatibility, constraints, level), width, height);
  }

  private static void skipSubLayers(BitReader bits, int layers) {
    boolean[] profiles = new boolean[layers];
    boolean[] levels = new boolean[layers];
    for (int i = 0; i < layers; i++) {
      profiles[i] = bits.flag();
      levels[i] = bits.flag();
    }
    if (layers > 0) {
      bits.skip(2 * (8 - layers));
    }
    for (int i = 0; i < layers; i++) {
      bits.skip((profiles[i] ? 88 : 0) + (levels[i] ? 8 : 0));
    }
  }

  private static String codec(
      int space, boolean high, int profile, long compatibility, int[] constraints, int level) {
    StringBuilder text = new StringBuilder("hvc1.");
    if (space > 0) {
      text.append((char) ('A' + space - 1));
    }
    text.append(profile).append('.');
    text.append(Integer.toHexString(Integer.reverse((int) compatibility)));
    text.append('.').append(high ? 'H' : 'L').append(level);
    int last = constraints.length;
    while (last > 0 && constraints[last - 1] == 0) {
      last--;
    }
    for (int i = 0; i < last; i++) {
      text.append('.').append(Integer.toHexString(constraints[i]));
    }
    return text.toString();
  }
}
