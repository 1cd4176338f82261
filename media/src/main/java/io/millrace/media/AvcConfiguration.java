package io.millrace.media;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The AVC decoder configuration record (ISO/IEC 14496-15 5.3.3.1).
 *
 * @param record the record's bytes, as they go into an {@code avcC} box
 * @param nalLengthSize bytes of the length before each NAL unit: 1, 2 or 4
 * @param picture from the first sequence parameter set
 */
public record AvcConfiguration(
    Buffer record,
    int nalLengthSize,
    List<Buffer> sequenceParameterSets,
    List<Buffer> pictureParameterSets,
    AvcPicture picture) {
  private static final String WHERE = "avcC";

  /**
   * @throws MalformedMediaException when the record breaks its form
   */
  public static AvcConfiguration parse(Buffer record) {
    need(record, 0, 7);
    if (record.getByte(0) != 1) {
      throw new MalformedMediaException(WHERE, 0, "version " + record.getUnsignedByte(0));
    }
    int nalLengthSize = (record.getByte(4) & 3) + 1;
    if (nalLengthSize == 3) {
      throw new MalformedMediaException(WHERE, 4, "NAL lengths of 3 bytes");
    }
    List<Buffer> sps = new ArrayList<>();
    List<Buffer> pps = new ArrayList<>();
    int offset = readSets(record, 6, record.getByte(5) & 0x1F, sps);
    need(record, offset, 1);
    readSets(record, offset + 1, record.getUnsignedByte(offset), pps);
    if (sps.isEmpty() || pps.isEmpty()) {
      throw new MalformedMediaException(WHERE, 5, "has no parameter sets");
    }
    return new AvcConfiguration(
        record.copy(),
        nalLengthSize,
        List.copyOf(sps),
        List.copyOf(pps),
        AvcPicture.parse(sps.get(0)));
  }

  /** {@code avc1.PPCCLL} (RFC 6381 3.3). */
  public String codecs() {
    return String.format(
        "avc1.%02X%02X%02X", picture.profile(), picture.constraints(), picture.level());
  }

  private static int readSets(Buffer record, int offset, int count, List<Buffer> sets) {
    int at = offset;
    for (int i = 0; i < count; i++) {
      need(record, at, 2);
      int length = record.getUnsignedShort(at);
      need(record, at + 2, length);
      sets.add(record.getBuffer(at + 2, at + 2 + length));
      at += 2 + length;
    }
    return at;
  }

  private static void need(Buffer record, int offset, int length) {
    if (record.length() - offset < length) {
      throw new MalformedMediaException(WHERE, offset, "ends too early");
    }
  }
}
