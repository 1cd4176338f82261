package io.millrace.ingest.elementary;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.codec.NalCursor;
import io.vertx.core.buffer.Buffer;

/**
 * An access unit's NAL units, brought behind lengths of four bytes from whatever form they came in:
 * lengths of 1, 2 or 4 bytes (ISO/IEC 14496-15 5.3.2), or start codes, which some encoders send
 * where lengths belong (ISO/IEC 14496-10 annex B).
 */
final class NalUnits {
  /** Is told of each unit, in order. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param data holds the unit; not to be kept
     * @param from where the unit's header is
     * @param length bytes of the unit, at least 1
     */
    void unit(Buffer data, int from, int length);
  }

  private static final int MAX_UNITS = 4096;

  private NalUnits() {}

  /**
   * Reads NAL units. Data that is in the right shape already is not copied; empty units and zero
   * bytes at the end are left out.
   *
   * @param where names the structure in problems
   * @param lengthSize bytes of each length as it comes: 1, 2 or 4
   * @return the units behind lengths of four bytes
   * @throws MalformedMediaException when the lengths don't fit the data and there are no start
   *     codes; nothing has been visited then
   */
  static Buffer read(String where, Buffer data, int lengthSize, Visitor visitor) {
    boolean asIs = lengthSize == 4;
    int end = data.length();
    int units = 0;
    int at = 0;
    while (at < data.length()) {
      long length = at + lengthSize <= data.length() ? lengthAt(data, at, lengthSize) : -1;
      if (length < 0 && isZero(data, at)) {
        end = at;
        break;
      }
      if (length < 0 || length > data.length() - at - lengthSize || ++units > MAX_UNITS) {
        if (isAnnexB(data, lengthSize)) {
          return readAnnexB(where, data, visitor);
        }
        throw wrongLength(where, at, length, units);
      }
      asIs &= length > 0;
      at += lengthSize + (int) length;
    }
    if (asIs) {
      visit(data, end, visitor);
      return end == data.length() ? data : data.slice(0, end);
    }
    Buffer rewritten = Buffer.buffer(data.length() + 3 * units);
    for (at = 0; at < end; ) {
      int length = (int) lengthAt(data, at, lengthSize);
      if (length > 0) {
        rewritten.appendInt(length).appendBuffer(data, at + lengthSize, length);
      }
      at += lengthSize + length;
    }
    visit(rewritten, rewritten.length(), visitor);
    return rewritten;
  }

  /**
   * Whether start codes stand where lengths belong. An access unit begins with a start code of four
   * bytes (ISO/IEC 14496-10 B.1.2); one of three, which some encoders send all the same, is also
   * the beginning of a length of 256 to 511 and is believed only when no such unit would fit.
   */
  private static boolean isAnnexB(Buffer data, int lengthSize) {
    return startsWithStartCode(data)
        && (data.getInt(0) == 1
            || lengthSize != 4
            || data.getUnsignedInt(0) > data.length() - lengthSize);
  }

  /** Whether the data begins with a start code of three or four bytes. */
  static boolean startsWithStartCode(Buffer data) {
    return data.length() > 4 && (data.getInt(0) == 1 || data.getUnsignedMedium(0) == 1);
  }

  /** Reads units that are separated by start codes; as {@link #read}. */
  static Buffer readAnnexB(String where, Buffer data, Visitor visitor) {
    Buffer rewritten = Buffer.buffer(data.length() + 64);
    int from = afterStartCode(data, 0);
    int units = 0;
    while (from < data.length()) {
      int next = afterStartCode(data, from);
      int end = next > data.length() ? data.length() : next - 3;
      while (end > from && data.getByte(end - 1) == 0) {
        end--;
      }
      if (end > from) {
        rewritten.appendInt(end - from).appendBuffer(data, from, end - from);
      }
      if (++units > MAX_UNITS) {
        throw wrongLength(where, from, 0, units);
      }
      from = next;
    }
    visit(rewritten, rewritten.length(), visitor);
    return rewritten;
  }

  /** Where the next unit begins, behind its start code; past the end when there is none. */
  private static int afterStartCode(Buffer data, int from) {
    for (int i = from; i + 2 < data.length(); i++) {
      if (data.getByte(i) == 0 && data.getByte(i + 1) == 0 && data.getByte(i + 2) == 1) {
        return i + 3;
      }
    }
    return data.length() + 1;
  }

  private static void visit(Buffer data, int end, Visitor visitor) {
    NalCursor units = new NalCursor();
    units.over(data, end);
    while (units.next()) {
      visitor.unit(data, units.from(), units.length());
    }
  }

  private static long lengthAt(Buffer data, int at, int lengthSize) {
    return switch (lengthSize) {
      case 1 -> data.getUnsignedByte(at);
      case 2 -> data.getUnsignedShort(at);
      default -> data.getUnsignedInt(at);
    };
  }

  private static boolean isZero(Buffer data, int from) {
    for (int i = from; i < data.length(); i++) {
      if (data.getByte(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static MalformedMediaException wrongLength(String where, int at, long length, int units) {
    String problem =
        length < 0
            ? "ends within a length"
            : units > MAX_UNITS
                ? "more than " + MAX_UNITS + " NAL units"
                : "NAL unit of " + length + " bytes goes past the end";
    return new MalformedMediaException(where, at, problem);
  }
}
