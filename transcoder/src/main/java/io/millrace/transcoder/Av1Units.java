package io.millrace.transcoder;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** AV1 as encoders put it out, into samples without delimiters. Pure. */
final class Av1Units {
  private static final int SEQUENCE_HEADER = 1;
  private static final int TEMPORAL_DELIMITER = 2;
  private static final int FRAME_HEADER = 3;
  private static final int FRAME = 6;
  private static final int SIZE_BITS = 7;
  private static final int MOST_SIZE_BYTES = 4;

  private Av1Units() {}

  /** A temporal unit without its delimiter. */
  static ByteBuffer sample(byte[] unit) {
    return sample(unit, List.of());
  }

  /**
   * The same with more.
   *
   * @param metadata OBUs that go before the first frame
   */
  static ByteBuffer sample(byte[] unit, List<ByteBuffer> metadata) {
    return chosen(unit, false, metadata);
  }

  /**
   * The sequence header with its own header.
   *
   * @throws NativeFailure when there is none
   */
  static ByteBuffer sequenceHeader(byte[] headers) {
    ByteBuffer found = chosen(headers, true, List.of());
    if (!found.hasRemaining()) {
      throw new NativeFailure("the encoder gave no sequence header");
    }
    return found;
  }

  private static ByteBuffer chosen(byte[] units, boolean header, List<ByteBuffer> metadata) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(units.length);
    int from = 0;
    boolean framed = false;
    while (from < units.length) {
      int type = units[from] >> 3 & 0xF;
      int end = endOf(units, from);
      boolean wanted = header ? type == SEQUENCE_HEADER : type != TEMPORAL_DELIMITER;
      if (!framed && (type == FRAME_HEADER || type == FRAME)) {
        framed = true;
        metadata.forEach(
            obu -> out.write(obu.array(), obu.arrayOffset() + obu.position(), obu.remaining()));
      }
      if (wanted && (!header || out.size() == 0)) {
        out.write(units, from, end - from);
      }
      from = end;
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static int endOf(byte[] units, int from) {
    boolean extended = (units[from] & 4) != 0;
    boolean sized = (units[from] & 2) != 0;
    int at = from + (extended ? 2 : 1);
    if (!sized) {
      return units.length;
    }
    long size = 0;
    for (int i = 0; i < MOST_SIZE_BYTES && at < units.length; i++) {
      byte next = units[at++];
      size |= (long) (next & 0x7F) << (SIZE_BITS * i);
      if (next >= 0) {
        break;
      }
    }
    return (int) Math.min(units.length, at + size);
  }
}
