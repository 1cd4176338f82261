package io.millrace.media.codec;

import io.vertx.core.buffer.Buffer;

/**
 * Walks NAL units that stand behind lengths of four bytes (ISO/IEC 14496-15 5.3.2, as every sample
 * holds them). To be used again for any number of buffers, by one thread at a time; it makes no
 * object and copies nothing. Data is never trusted: the walk ends before a unit that doesn't fit.
 */
public final class NalCursor {
  private static final int LENGTH_SIZE = 4;

  private static final Buffer NOTHING = Buffer.buffer();

  private Buffer data = NOTHING;
  private int end;
  private int from;
  private int length;

  /** Stands before the first unit of these bytes, which must not change while they are walked. */
  public void over(Buffer units) {
    over(units, units.length());
  }

  /**
   * @param until where the last unit ends; what is behind is left out
   */
  public void over(Buffer units, int until) {
    data = units;
    end = until;
    from = 0;
    length = 0;
  }

  /**
   * Goes on to the next unit that is not empty.
   *
   * @return false at the end, and before a length that is cut off or goes past it
   */
  public boolean next() {
    int at = from + length;
    while (end - at > LENGTH_SIZE) {
      long announced = data.getUnsignedInt(at);
      at += LENGTH_SIZE;
      if (announced > end - at) {
        break;
      }
      if (announced > 0) {
        from = at;
        length = (int) announced;
        return true;
      }
    }
    from = end;
    length = 0;
    return false;
  }

  /** Where the unit's header is. */
  public int from() {
    return from;
  }

  /** Bytes of the unit, its header included; at least 1. */
  public int length() {
    return length;
  }

  /** The first byte of the unit's header. */
  public byte header() {
    return data.getByte(from);
  }
}
