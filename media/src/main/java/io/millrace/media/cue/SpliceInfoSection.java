package io.millrace.media.cue;

import io.millrace.media.MalformedMediaException;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * A splice_info_section (ANSI/SCTE 35, 9.6).
 *
 * @param sapType what a splicer finds at the splice, 0 to 3; 3 when it is not told
 * @param ptsAdjustment what is to be added to every time in it, 33 bits of a 90 kHz clock
 * @param cwIndex which key it is encrypted with, 8 bits
 * @param tier for whom it is, 12 bits
 * @param descriptors none where it is encrypted: they are in the command's bytes
 */
public record SpliceInfoSection(
    int sapType,
    long ptsAdjustment,
    int cwIndex,
    int tier,
    SpliceCommand command,
    List<SpliceDescriptor> descriptors) {
  public static final int TABLE_ID = 0xFC;

  /** Bytes of the longest section. */
  public static final int LONGEST = 4096;

  /** A command whose length is to be found by reading it, as senders of before 2004 wrote. */
  static final int UNTOLD_LENGTH = 0xFFF;

  private static final long MASK_33 = (1L << 33) - 1;
  private static final int ENCRYPTED = 0x80;
  private static final int HEAD = 3;
  private static final int CRC = 4;
  private static final int MAX_DESCRIPTORS = 64;

  public SpliceInfoSection {
    descriptors = List.copyOf(descriptors);
  }

  /** One that is not encrypted and that is for all. */
  public static SpliceInfoSection of(SpliceCommand command, List<SpliceDescriptor> descriptors) {
    return new SpliceInfoSection(3, 0, 0xFF, 0xFFF, command, descriptors);
  }

  /** What a time in it is on the stream's clock, 33 bits. */
  public long adjusted(long time) {
    return (time + ptsAdjustment) & MASK_33;
  }

  /**
   * Reads a section, all of it and nothing else.
   *
   * @throws MalformedMediaException when it breaks its format or its CRC
   * @throws UnsupportedMediaException when it is of a later version of the protocol
   */
  public static SpliceInfoSection parse(Buffer bytes) {
    SectionCursor in = new SectionCursor(bytes, 0, Math.min(bytes.length(), LONGEST));
    if (in.u8() != TABLE_ID) {
      throw in.malformed("its table_id is not 0xFC");
    }
    int start = in.u16();
    int length = start & 0xFFF;
    if ((start & 0xC000) != 0) {
      throw in.malformed("it is of another syntax");
    }
    if (length + HEAD != bytes.length()) {
      throw in.malformed("it is to have " + (length + HEAD) + " bytes, not " + bytes.length());
    }
    if (bytes.length() > LONGEST) {
      throw in.malformed("it is longer than " + LONGEST + " bytes");
    }
    if (length < CRC || SectionCrc.of(bytes, 0, bytes.length()) != 0) {
      throw in.malformed("its CRC is wrong");
    }
    return body(start >> 12 & 3, new SectionCursor(bytes, HEAD, bytes.length() - CRC));
  }

  private static SpliceInfoSection body(int sapType, SectionCursor in) {
    int version = in.u8();
    if (version != 0) {
      throw new UnsupportedMediaException("SCTE 35 of protocol version " + version);
    }
    int flags = in.u8();
    long adjustment = in.time33(flags);
    int cwIndex = in.u8();
    int tier = in.u16();
    int commandLength = (tier & 0xF) << 8 | in.u8();
    tier >>= 4;
    if ((flags & ENCRYPTED) != 0) {
      SpliceCommand secret =
          new SpliceCommand.Encrypted(flags >> 1 & 0x3F, commandLength, in.rest());
      return new SpliceInfoSection(sapType, adjustment, cwIndex, tier, secret, List.of());
    }
    int type = in.u8();
    SpliceCommand command = CommandSyntax.read(in, type, commandLength);
    SectionCursor loop = in.part(in.u16());
    List<SpliceDescriptor> descriptors = DescriptorSyntax.read(loop, MAX_DESCRIPTORS);
    return new SpliceInfoSection(sapType, adjustment, cwIndex, tier, command, descriptors);
  }

  /**
   * The section's bytes.
   *
   * @throws IllegalArgumentException when they would be more than a section holds
   */
  public Buffer write() {
    Buffer out = Buffer.buffer(64).appendByte((byte) TABLE_ID).appendUnsignedShort(0);
    out.appendByte((byte) 0);
    int high = (int) (ptsAdjustment >> 32) & 1;
    if (command instanceof SpliceCommand.Encrypted secret) {
      out.appendByte((byte) (ENCRYPTED | secret.algorithm() << 1 | high));
      head(out, secret.commandLength());
      out.appendBuffer(secret.body());
    } else {
      Buffer body = CommandSyntax.write(command);
      out.appendByte((byte) high);
      head(out, body.length());
      out.appendByte((byte) CommandSyntax.type(command)).appendBuffer(body);
      Buffer loop = DescriptorSyntax.write(descriptors);
      out.appendUnsignedShort(loop.length()).appendBuffer(loop);
    }
    int size = out.length() + CRC;
    if (size > LONGEST) {
      throw new IllegalArgumentException("a section of " + size + " bytes");
    }
    out.setUnsignedShort(1, sapType << 12 | (size - HEAD));
    return out.appendInt(SectionCrc.of(out, 0, out.length()));
  }

  private void head(Buffer out, int commandLength) {
    out.appendInt((int) ptsAdjustment).appendByte((byte) cwIndex);
    out.appendUnsignedShort(tier << 4 | commandLength >> 8).appendByte((byte) commandLength);
  }
}
