package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.HashSet;
import java.util.List;

/** What the parameter sets of AVC and HEVC have in common. */
final class ParameterSets {
  /** No encoder comes near it. */
  static final int MAX_RECORD_BYTES = 64 << 10;

  private ParameterSets() {}

  /**
   * The bits behind a NAL unit's header as the decoder sees them.
   *
   * @param where names the structure in problems
   * @param header bytes of the header
   */
  static BitReader bits(String where, Buffer nal, int header) {
    if (nal.length() <= header) {
      throw new MalformedMediaException(where, nal.length(), "ends too early");
    }
    return new BitReader(where, withoutEmulationPrevention(nal, header));
  }

  private static Buffer withoutEmulationPrevention(Buffer nal, int from) {
    byte[] result = new byte[nal.length() - from];
    int length = withoutEmulationPrevention(nal, from, nal.length(), result);
    return Buffer.buffer(result).slice(0, length);
  }

  /**
   * Copies the payload behind a NAL unit's header without emulation prevention (14496-10 7.4.1).
   *
   * @param from where the payload starts
   * @param until where it ends
   * @param result large enough for all of it
   * @return how many bytes are left
   */
  static int withoutEmulationPrevention(Buffer data, int from, int until, byte[] result) {
    int length = 0;
    int zeros = 0;
    for (int i = from; i < until; i++) {
      byte value = data.getByte(i);
      if (zeros >= 2 && value == 3) {
        zeros = 0;
        continue;
      }
      zeros = value == 0 ? zeros + 1 : 0;
      result[length++] = value;
    }
    return length;
  }

  /** Reads {@code count} NAL units behind lengths of two bytes, and returns where they end. */
  static int read(String where, Buffer record, int offset, int count, List<Buffer> sets) {
    int at = offset;
    for (int i = 0; i < count; i++) {
      need(where, record, at, 2);
      int length = record.getUnsignedShort(at);
      need(where, record, at + 2, length);
      sets.add(record.getBuffer(at + 2, at + 2 + length));
      at += 2 + length;
    }
    return at;
  }

  /** Writes NAL units behind lengths of two bytes. */
  static void append(String where, Buffer record, List<Buffer> sets) {
    for (Buffer set : sets) {
      if (set.length() > 0xFFFF) {
        throw new MalformedMediaException(where, record.length(), "parameter set is too long");
      }
      record.appendUnsignedShort(set.length()).appendBuffer(set);
    }
  }

  static void need(String where, Buffer record, int offset, int length) {
    if (record.length() - offset < length) {
      throw new MalformedMediaException(where, offset, "ends too early");
    }
    if (record.length() > MAX_RECORD_BYTES) {
      throw new MalformedMediaException(where, 0, "is longer than " + MAX_RECORD_BYTES);
    }
  }

  /** Whether both hold the same parameter sets, in whatever order and however often. */
  static boolean same(List<Buffer> some, List<Buffer> others) {
    return some.equals(others) || new HashSet<>(some).equals(new HashSet<>(others));
  }
}
