package io.millrace.ingest.elementary;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Keeps parameter sets of one kind by their ids, as a decoder does when they come between pictures
 * (ISO/IEC 14496-10 7.4.1.2.1).
 */
final class InBandSets {
  private static final int MAX_SETS = 31;
  private static final int UNREADABLE = -1;
  private static final int AVC_SPS = 7;
  private static final int HEVC_VPS = 32;
  private static final int HEVC_SPS = 33;

  private record Known(int id, Buffer set) {}

  private final ToIntFunction<Buffer> idOf;
  private final List<Known> known = new ArrayList<>();

  /**
   * @param idOf {@link #avcId} or {@link #hevcId}
   */
  InBandSets(ToIntFunction<Buffer> idOf) {
    this.idOf = idOf;
  }

  /**
   * Notes a parameter set: in the place of the one with its id, or as a further one. One that can't
   * be read is left out.
   *
   * @return whether that is news
   */
  boolean note(Buffer data, int from, int length) {
    for (int i = 0; i < known.size(); i++) {
      if (isSame(known.get(i).set, data, from, length)) {
        return false;
      }
    }
    Buffer set = data.getBuffer(from, from + length);
    int id = idOf.applyAsInt(set);
    if (id == UNREADABLE) {
      return false;
    }
    for (int i = 0; i < known.size(); i++) {
      if (known.get(i).id == id) {
        known.set(i, new Known(id, set));
        return true;
      }
    }
    return known.size() < MAX_SETS && known.add(new Known(id, set));
  }

  /** Forgets what was known for what a configuration says. */
  void replace(List<Buffer> sets) {
    known.clear();
    for (Buffer set : sets) {
      known.add(new Known(idOf.applyAsInt(set), set));
    }
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  List<Buffer> sets() {
    return known.stream().map(Known::set).toList();
  }

  /** The id of a sequence or picture parameter set of AVC. */
  static int avcId(Buffer set) {
    if (set.length() == 0) {
      return UNREADABLE;
    }
    boolean isSequence = (set.getByte(0) & 0x1F) == AVC_SPS;
    return unsignedExpGolomb(withoutEmulationPrevention(set), isSequence ? 4 : 1);
  }

  /** The id of a video, sequence or picture parameter set of HEVC. */
  static int hevcId(Buffer set) {
    byte[] bytes = withoutEmulationPrevention(set);
    if (bytes.length < 3) {
      return UNREADABLE;
    }
    int type = bytes[0] >> 1 & 0x3F;
    if (type == HEVC_VPS) {
      return bytes[2] >> 4 & 0xF;
    }
    return unsignedExpGolomb(bytes, type == HEVC_SPS ? afterProfileTierLevel(bytes) : 2);
  }

  /** Where an HEVC sequence parameter set goes on behind profile, tier and level (7.3.3). */
  private static int afterProfileTierLevel(byte[] set) {
    int subLayers = set[2] >> 1 & 7;
    int at = 3 + 12;
    if (subLayers == 0 || at + 2 > set.length) {
      return at;
    }
    int present = (set[at] & 0xFF) << 8 | (set[at + 1] & 0xFF);
    at += 2;
    for (int i = 0; i < subLayers; i++) {
      at += (present >> (15 - 2 * i) & 1) * 11 + (present >> (14 - 2 * i) & 1);
    }
    return at;
  }

  /** A small {@code ue(v)} that begins with a byte. */
  private static int unsignedExpGolomb(byte[] data, int from) {
    if (from + 1 > data.length) {
      return UNREADABLE;
    }
    int bits = 0;
    for (int i = 0; i < 4; i++) {
      bits = bits << 8 | (from + i < data.length ? data[from + i] & 0xFF : 0);
    }
    int zeros = Integer.numberOfLeadingZeros(bits);
    return zeros > 15 ? UNREADABLE : (bits >>> (31 - 2 * zeros)) - 1;
  }

  /** The first bytes, enough to reach the id. */
  private static byte[] withoutEmulationPrevention(Buffer set) {
    int most = Math.min(set.length(), 160);
    byte[] result = new byte[most];
    int length = 0;
    int zeros = 0;
    for (int i = 0; i < most; i++) {
      byte value = set.getByte(i);
      if (zeros >= 2 && value == 3) {
        zeros = 0;
        continue;
      }
      zeros = value == 0 ? zeros + 1 : 0;
      result[length++] = value;
    }
    return Arrays.copyOf(result, length);
  }

  private static boolean isSame(Buffer set, Buffer data, int from, int length) {
    if (set.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (set.getByte(i) != data.getByte(from + i)) {
        return false;
      }
    }
    return true;
  }
}
