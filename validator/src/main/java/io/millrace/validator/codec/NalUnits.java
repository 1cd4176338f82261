package io.millrace.validator.codec;

import io.millrace.validator.media.MalformedFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Splits an access unit into its NAL units. Of each slice only the start is kept. */
public final class NalUnits {
  /** Enough for every parameter set; slices are judged by their first bytes. */
  private static final int KEPT = 4096;

  private static final int MAX_UNITS = 10_000;

  private NalUnits() {}

  /**
   * Units that follow start codes (H.264 Annex B).
   *
   * @throws MalformedFileException when there is something before the first start code
   */
  public static List<byte[]> byteStream(byte[] bytes, int from, int to) {
    List<byte[]> nals = new ArrayList<>();
    int start = -1;
    int i = from;
    while (i + 2 < to && nals.size() < MAX_UNITS) {
      if (bytes[i + 2] > 1 || bytes[i + 2] < 0) {
        i += 3;
      } else if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) {
        if (start < 0 && !allZero(bytes, from, i)) {
          throw new MalformedFileException("byte " + from, "no start code first");
        }
        add(nals, bytes, start, i);
        i += 3;
        start = i;
      } else {
        i++;
      }
    }
    if (start < 0) {
      throw new MalformedFileException("byte " + from, "no start code");
    }
    add(nals, bytes, start, to);
    return nals;
  }

  /**
   * Units that have their length before them (ISO/IEC 14496-15 5.3.2).
   *
   * @throws MalformedFileException when the lengths don't fill the sample exactly
   */
  public static List<byte[]> lengthPrefixed(byte[] bytes, int from, int to, int lengthSize) {
    List<byte[]> nals = new ArrayList<>();
    int at = from;
    while (at < to) {
      if (at + lengthSize > to || nals.size() >= MAX_UNITS) {
        throw new MalformedFileException("byte " + at, "a NAL unit's length is cut");
      }
      long length = 0;
      for (int i = 0; i < lengthSize; i++) {
        length = length << 8 | (bytes[at + i] & 0xFF);
      }
      at += lengthSize;
      if (length > to - at) {
        throw new MalformedFileException(
            "byte " + at, "a NAL unit of " + length + " bytes doesn't fit its sample");
      }
      add(nals, bytes, at, at + (int) length);
      at += (int) length;
    }
    return nals;
  }

  private static void add(List<byte[]> nals, byte[] bytes, int start, int end) {
    if (start < 0) {
      return;
    }
    int last = end;
    while (last > start && bytes[last - 1] == 0) {
      last--;
    }
    nals.add(Arrays.copyOfRange(bytes, start, Math.min(last, start + KEPT)));
  }

  private static boolean allZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
