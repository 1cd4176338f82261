package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
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
    AvcPicture picture)
    implements CodecConfiguration {
  private static final String WHERE = "avcC";

  /**
   * @throws MalformedMediaException when the record breaks its form
   */
  public static AvcConfiguration parse(Buffer record) {
    ParameterSets.need(WHERE, record, 0, 7);
    if (record.getByte(0) != 1) {
      throw new MalformedMediaException(WHERE, 0, "version " + record.getUnsignedByte(0));
    }
    int nalLengthSize = (record.getByte(4) & 3) + 1;
    if (nalLengthSize == 3) {
      throw new MalformedMediaException(WHERE, 4, "NAL lengths of 3 bytes");
    }
    List<Buffer> sps = new ArrayList<>();
    List<Buffer> pps = new ArrayList<>();
    int offset = ParameterSets.read(WHERE, record, 6, record.getByte(5) & 0x1F, sps);
    ParameterSets.need(WHERE, record, offset, 1);
    ParameterSets.read(WHERE, record, offset + 1, record.getUnsignedByte(offset), pps);
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

  /**
   * The record of parameter sets that came by themselves, for NAL lengths of four bytes.
   *
   * @param sequenceParameterSets whole NAL units, at least one, at most 31
   * @param pictureParameterSets whole NAL units, at least one, at most 255
   * @throws MalformedMediaException when the first sequence parameter set cannot be read
   */
  public static AvcConfiguration of(
      List<Buffer> sequenceParameterSets, List<Buffer> pictureParameterSets) {
    if (sequenceParameterSets.isEmpty() || pictureParameterSets.isEmpty()) {
      throw new MalformedMediaException(WHERE, 5, "has no parameter sets");
    }
    if (sequenceParameterSets.size() > 31 || pictureParameterSets.size() > 255) {
      throw new MalformedMediaException(WHERE, 5, "has too many parameter sets");
    }
    Buffer sps = sequenceParameterSets.get(0);
    AvcPicture picture = AvcPicture.parse(sps);
    Buffer record = Buffer.buffer(64).appendByte((byte) 1).appendBuffer(sps, 1, 3);
    record.appendByte((byte) 0xFF).appendByte((byte) (0xE0 | sequenceParameterSets.size()));
    ParameterSets.append(WHERE, record, sequenceParameterSets);
    record.appendByte((byte) pictureParameterSets.size());
    ParameterSets.append(WHERE, record, pictureParameterSets);
    if (AvcPicture.hasChromaFormat(picture.profile())) {
      int depth = 0xF8 | (picture.format().bitDepth() - 8);
      record.appendByte((byte) (0xFC | picture.format().chromaFormat()));
      record.appendByte((byte) depth).appendByte((byte) depth).appendByte((byte) 0);
    }
    return new AvcConfiguration(
        record, 4, List.copyOf(sequenceParameterSets), List.copyOf(pictureParameterSets), picture);
  }

  /** {@code avc1.PPCCLL} (RFC 6381 3.3). */
  @Override
  public String codecs() {
    return String.format(
        "avc1.%02X%02X%02X", picture.profile(), picture.constraints(), picture.level());
  }

  /** Whether a decoder sees no difference: the same parameter sets, in whatever order. */
  public boolean sameParameterSets(AvcConfiguration other) {
    return ParameterSets.same(sequenceParameterSets, other.sequenceParameterSets)
        && ParameterSets.same(pictureParameterSets, other.pictureParameterSets);
  }

  /**
   * Whether a change to the other is none of the encoding (HLS D1): profile, level, size, sample
   * format and colours are the same; rate control and timing may differ.
   */
  public boolean sameEncoding(AvcConfiguration other) {
    return picture.profile() == other.picture.profile()
        && picture.constraints() == other.picture.constraints()
        && picture.level() == other.picture.level()
        && picture.format().decodesLike(other.picture.format());
  }

  /** The same parameter sets before access units whose NAL lengths have four bytes. */
  public AvcConfiguration withLengthsOfFour() {
    return nalLengthSize == 4
        ? this
        : new AvcConfiguration(
            record.copy().setByte(4, (byte) (record.getByte(4) | 3)),
            4,
            sequenceParameterSets,
            pictureParameterSets,
            picture);
  }
}
