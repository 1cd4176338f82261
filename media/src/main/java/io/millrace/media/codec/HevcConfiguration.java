package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The HEVC decoder configuration record (ISO/IEC 14496-15 8.3.3.1).
 *
 * @param record the record's bytes, as they go into an {@code hvcC} box: written anew from the
 *     parameter sets, with complete arrays
 * @param nalLengthSize bytes of the length before each NAL unit: 1, 2 or 4
 * @param picture from the first sequence parameter set
 */
public record HevcConfiguration(
    Buffer record,
    int nalLengthSize,
    List<Buffer> videoParameterSets,
    List<Buffer> sequenceParameterSets,
    List<Buffer> pictureParameterSets,
    HevcPicture picture)
    implements CodecConfiguration {
  private static final String WHERE = "hvcC";
  private static final int FIXED_BYTES = 23;
  private static final int COMPLETE = 0x80;
  private static final int TYPE = 0x3F;

  /**
   * Reads a record. What it says of profile and level is not looked at: the parameter sets decide.
   *
   * @throws MalformedMediaException when the record breaks its form or lacks parameter sets
   */
  public static HevcConfiguration parse(Buffer record) {
    ParameterSets.need(WHERE, record, 0, FIXED_BYTES);
    // Version 0 was written by early encoders and is otherwise the same.
    if (record.getUnsignedByte(0) > 1) {
      throw new MalformedMediaException(WHERE, 0, "version " + record.getUnsignedByte(0));
    }
    int nalLengthSize = (record.getByte(21) & 3) + 1;
    if (nalLengthSize == 3) {
      throw new MalformedMediaException(WHERE, 21, "NAL lengths of 3 bytes");
    }
    List<Buffer> vps = new ArrayList<>();
    List<Buffer> sps = new ArrayList<>();
    List<Buffer> pps = new ArrayList<>();
    List<Buffer> others = new ArrayList<>();
    int at = FIXED_BYTES;
    for (int array = record.getUnsignedByte(22); array > 0; array--) {
      ParameterSets.need(WHERE, record, at, 3);
      List<Buffer> sets =
          switch (record.getByte(at) & TYPE) {
            case HevcNal.VPS -> vps;
            case HevcNal.SPS -> sps;
            case HevcNal.PPS -> pps;
            default -> others;
          };
      at = ParameterSets.read(WHERE, record, at + 3, record.getUnsignedShort(at + 1), sets);
    }
    return of(nalLengthSize, vps, sps, pps);
  }

  /**
   * The record of parameter sets that came by themselves.
   *
   * @param nalLengthSize of the access units that come with it: 1, 2 or 4
   * @throws MalformedMediaException when one kind is missing, or the first sequence parameter set
   *     cannot be read
   */
  public static HevcConfiguration of(
      int nalLengthSize, List<Buffer> vps, List<Buffer> sps, List<Buffer> pps) {
    if (vps.isEmpty() || sps.isEmpty() || pps.isEmpty()) {
      throw new MalformedMediaException(WHERE, FIXED_BYTES - 1, "has no parameter sets");
    }
    HevcPicture picture = HevcPicture.parse(sps.get(0));
    return new HevcConfiguration(
        write(nalLengthSize, vps, sps, pps, picture),
        nalLengthSize,
        List.copyOf(vps),
        List.copyOf(sps),
        List.copyOf(pps),
        picture);
  }

  /** {@code hvc1.…} (ISO/IEC 14496-15 annex E.3). */
  @Override
  public String codecs() {
    StringBuilder out = new StringBuilder("hvc1.");
    if (picture.profileSpace() > 0) {
      out.append((char) ('A' + picture.profileSpace() - 1));
    }
    out.append(picture.profile()).append('.');
    out.append(Integer.toHexString(Integer.reverse(picture.compatibility())));
    out.append('.').append(picture.tier() == 0 ? 'L' : 'H').append(picture.level());
    for (long left = picture.constraints() << 16; left != 0; left <<= 8) {
      out.append('.').append(String.format("%X", left >>> 56));
    }
    return out.toString();
  }

  /** Whether a decoder sees no difference: the same parameter sets, in whatever order. */
  public boolean sameParameterSets(HevcConfiguration other) {
    return ParameterSets.same(videoParameterSets, other.videoParameterSets)
        && ParameterSets.same(sequenceParameterSets, other.sequenceParameterSets)
        && ParameterSets.same(pictureParameterSets, other.pictureParameterSets);
  }

  /**
   * Whether a change to the other is none of the encoding (HLS D1): profile, tier, level, size,
   * sample format and colours are the same; rate control and timing may differ.
   */
  public boolean sameEncoding(HevcConfiguration other) {
    return picture.decodesLike(other.picture);
  }

  /** The same parameter sets before access units whose NAL lengths have four bytes. */
  public HevcConfiguration withLengthsOfFour() {
    return nalLengthSize == 4
        ? this
        : of(4, videoParameterSets, sequenceParameterSets, pictureParameterSets);
  }

  private static Buffer write(
      int nalLengthSize, List<Buffer> vps, List<Buffer> sps, List<Buffer> pps, HevcPicture of) {
    PictureFormat format = of.format();
    Buffer out = Buffer.buffer(128).appendByte((byte) 1);
    out.appendByte((byte) (of.profileSpace() << 6 | of.tier() << 5 | of.profile()));
    out.appendInt(of.compatibility());
    out.appendUnsignedShort((int) (of.constraints() >>> 32)).appendInt((int) of.constraints());
    out.appendByte((byte) of.level());
    // No spatial segmentation told, parallelism unknown.
    out.appendUnsignedShort(0xF000).appendByte((byte) 0xFC);
    out.appendByte((byte) (0xFC | format.chromaFormat()));
    out.appendByte((byte) (0xF8 | (format.bitDepth() - 8)));
    out.appendByte((byte) (0xF8 | (of.chromaBitDepth() - 8)));
    out.appendUnsignedShort(0);
    int nested = of.temporalIdNested() ? 4 : 0;
    out.appendByte((byte) (of.temporalLayers() << 3 | nested | (nalLengthSize - 1)));
    out.appendByte((byte) 3);
    array(out, HevcNal.VPS, vps);
    array(out, HevcNal.SPS, sps);
    array(out, HevcNal.PPS, pps);
    return out;
  }

  private static void array(Buffer out, int type, List<Buffer> sets) {
    out.appendByte((byte) (COMPLETE | type)).appendUnsignedShort(sets.size());
    ParameterSets.append(WHERE, out, sets);
  }
}
