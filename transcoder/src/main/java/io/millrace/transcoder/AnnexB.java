package io.millrace.transcoder;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * H.264 as encoders put it out, NAL units behind start codes (ISO/IEC 14496-10 annex B), into the
 * form that all samples have here: behind lengths of four bytes. Pure.
 */
final class AnnexB {
  /** Types of NAL units up to this one are those of slices. */
  private static final int LAST_SLICE = 5;

  private static final int SPS = 7;
  private static final int PPS = 8;
  private static final int ACCESS_UNIT_DELIMITER = 9;
  private static final int LENGTH_BYTES = 4;

  private AnnexB() {}

  /** The NAL units, without start codes and the zeros that may stand around these. */
  static List<ByteBuffer> units(byte[] stream) {
    List<ByteBuffer> units = new ArrayList<>();
    int from = afterStartCode(stream, 0);
    while (from < stream.length) {
      int next = afterStartCode(stream, from);
      int end = next;
      if (startsCode(stream, next - 3)) {
        end = next - 3;
      }
      while (end > from && stream[end - 1] == 0) {
        end--;
      }
      if (end > from) {
        units.add(ByteBuffer.wrap(stream, from, end - from).slice());
      }
      from = next;
    }
    return units;
  }

  /** Where the next unit begins; the end where there is none. */
  private static int afterStartCode(byte[] stream, int from) {
    for (int i = from; i + 2 < stream.length; i++) {
      if (startsCode(stream, i)) {
        return i + 3;
      }
    }
    return stream.length;
  }

  private static boolean startsCode(byte[] stream, int at) {
    return at >= 0 && stream[at] == 0 && stream[at + 1] == 0 && stream[at + 2] == 1;
  }

  /** An access unit, without parameter sets and delimiters, which the record stands for. */
  static ByteBuffer sample(byte[] accessUnit) {
    return sample(accessUnit, List.of());
  }

  /**
   * The same with more.
   *
   * @param sei units that go before the first slice
   */
  static ByteBuffer sample(byte[] accessUnit, List<ByteBuffer> sei) {
    List<ByteBuffer> kept = new ArrayList<>();
    boolean sliced = false;
    for (ByteBuffer unit : units(accessUnit)) {
      int type = type(unit);
      if (!sliced && type > 0 && type <= LAST_SLICE) {
        sliced = true;
        kept.addAll(sei);
      }
      if (type != SPS && type != PPS && type != ACCESS_UNIT_DELIMITER) {
        kept.add(unit);
      }
    }
    int bytes = kept.stream().mapToInt(unit -> LENGTH_BYTES + unit.remaining()).sum();
    ByteBuffer out = ByteBuffer.allocate(bytes);
    for (ByteBuffer unit : kept) {
      out.putInt(unit.remaining()).put(unit);
    }
    return out.flip();
  }

  /**
   * The decoder configuration record (ISO/IEC 14496-15 5.3.3.1) of 8-bit 4:2:0 pictures, which is
   * all that is encoded here.
   *
   * @param headers what holds the parameter sets, among other units maybe
   * @throws NativeFailure when they are not there
   */
  static ByteBuffer record(byte[] headers) {
    List<ByteBuffer> sps = ofType(headers, SPS);
    List<ByteBuffer> pps = ofType(headers, PPS);
    if (sps.isEmpty() || pps.isEmpty() || sps.getFirst().remaining() < 4) {
      throw new NativeFailure("the encoder gave no parameter sets");
    }
    ByteBuffer first = sps.getFirst();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    out.write(first.array(), first.arrayOffset() + 1, 3);
    out.write(0xFF);
    out.write(0xE0 | sps.size());
    sps.forEach(unit -> append(out, unit));
    out.write(pps.size());
    pps.forEach(unit -> append(out, unit));
    if (first.get(1) >= 100) {
      out.writeBytes(new byte[] {(byte) 0xFD, (byte) 0xF8, (byte) 0xF8, 0});
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static List<ByteBuffer> ofType(byte[] headers, int type) {
    return units(headers).stream().filter(unit -> type(unit) == type).toList();
  }

  private static void append(ByteArrayOutputStream out, ByteBuffer unit) {
    out.write(unit.remaining() >> 8);
    out.write(unit.remaining());
    out.write(unit.array(), unit.arrayOffset(), unit.remaining());
  }

  private static int type(ByteBuffer unit) {
    return unit.get(0) & 0x1F;
  }
}
