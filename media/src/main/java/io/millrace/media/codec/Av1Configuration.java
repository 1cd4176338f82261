package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * The AV1 codec configuration record (AV1 in ISOBMFF 2.3).
 *
 * @param record the record's bytes, as they go into an {@code av1C} box: written anew from the
 *     sequence header
 * @param sequenceHeader the OBU with its header
 */
public record Av1Configuration(Buffer record, Buffer sequenceHeader, Av1SequenceHeader sequence)
    implements CodecConfiguration {
  private static final String WHERE = "av1C";
  private static final int FIXED_BYTES = 4;

  /**
   * Reads a record. Some encoders leave the sequence header to the first key frame; then {@link
   * #ofSequenceHeader} makes the configuration when it comes.
   *
   * @return empty when the record holds no sequence header
   * @throws MalformedMediaException when the record breaks its form
   */
  public static Optional<Av1Configuration> parse(Buffer record) {
    ParameterSets.need(WHERE, record, 0, FIXED_BYTES);
    if (record.getUnsignedByte(0) != 0x81) {
      throw new MalformedMediaException(WHERE, 0, "version " + record.getUnsignedByte(0));
    }
    List<Av1Obu> units = Av1Obu.walk(record, FIXED_BYTES);
    for (Av1Obu unit : units) {
      if (unit.type() == Av1Obu.SEQUENCE_HEADER) {
        Buffer others = Buffer.buffer();
        for (Av1Obu other : units) {
          if (other.type() == Av1Obu.METADATA) {
            others.appendBuffer(record, other.start(), other.end() - other.start());
          }
        }
        return Optional.of(of(record.slice(unit.start(), unit.end()), others));
      }
    }
    return Optional.empty();
  }

  /**
   * The configuration that a sequence header stands for.
   *
   * @param obu the whole OBU with its header; it is copied
   * @throws MalformedMediaException when it cannot be read
   */
  public static Av1Configuration ofSequenceHeader(Buffer obu) {
    return of(obu, Buffer.buffer());
  }

  /** {@code av01.P.LLT.DD}, with colours where the bitstream tells some (AV1 in ISOBMFF 5). */
  @Override
  public String codecs() {
    PictureFormat format = sequence.format();
    ColorInfo color = format.color();
    String start =
        String.format(
            "av01.%d.%02d%c.%02d",
            sequence.profile(),
            sequence.level(),
            sequence.tier() == 0 ? 'M' : 'H',
            format.bitDepth());
    boolean usual =
        format.chromaFormat() == 1
            && !color.fullRange()
            && (!sequence.colorTold() || color.equals(ColorInfo.BT_709));
    if (usual) {
      return start;
    }
    return start
        + String.format(
            ".%d.%d%d%d.%02d.%02d.%02d.%d",
            format.chromaFormat() == 0 ? 1 : 0,
            sequence.subsamplingX(),
            sequence.subsamplingY(),
            sequence.chromaSamplePosition(),
            color.primaries(),
            color.transfer(),
            color.matrix(),
            color.fullRange() ? 1 : 0);
  }

  /** Whether a decoder sees no difference. */
  public boolean sameParameterSets(Av1Configuration other) {
    return sequenceHeader.equals(other.sequenceHeader);
  }

  /**
   * Whether a change to the other is none of the encoding (HLS D1): profile, tier, level, size,
   * sample format and colours are the same.
   */
  public boolean sameEncoding(Av1Configuration other) {
    return sequence.decodesLike(other.sequence);
  }

  private static Av1Configuration of(Buffer obu, Buffer others) {
    Buffer header = withSize(obu);
    Av1SequenceHeader sequence = Av1SequenceHeader.parse(header);
    int depth = sequence.format().bitDepth();
    int bits =
        sequence.tier() << 7
            | (depth > 8 ? 0x40 : 0)
            | (depth == 12 ? 0x20 : 0)
            | (sequence.format().chromaFormat() == 0 ? 0x10 : 0)
            | sequence.subsamplingX() << 3
            | sequence.subsamplingY() << 2
            | sequence.chromaSamplePosition();
    Buffer record =
        Buffer.buffer(FIXED_BYTES + header.length() + others.length())
            .appendByte((byte) 0x81)
            .appendByte((byte) (sequence.profile() << 5 | sequence.level()))
            .appendByte((byte) bits)
            .appendByte((byte) 0)
            .appendBuffer(header)
            .appendBuffer(others);
    return new Av1Configuration(record, header, sequence);
  }

  /** In a record every OBU says how long it is (AV1 in ISOBMFF 2.3.4). */
  private static Buffer withSize(Buffer obu) {
    boolean sized = obu.length() < 2 || (obu.getByte(0) & 2) != 0;
    int headerBytes = obu.length() > 0 && (obu.getByte(0) & 4) != 0 ? 2 : 1;
    int payload = obu.length() - headerBytes;
    if (sized || payload < 0 || payload > 127) {
      return obu.copy();
    }
    return Buffer.buffer(obu.length() + 1)
        .appendByte((byte) (obu.getByte(0) | 2))
        .appendBuffer(obu, 1, headerBytes - 1)
        .appendByte((byte) payload)
        .appendBuffer(obu, headerBytes, payload);
  }
}
