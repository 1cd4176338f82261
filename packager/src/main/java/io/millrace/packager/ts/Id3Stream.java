package io.millrace.packager.ts;

import io.millrace.media.Timescale;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * ID3 tags in a transport stream (ISO/IEC 13818-1 2.12; Apple, Timed Metadata for HTTP Live
 * Streaming): a PES packet each, at the time at which they hold.
 */
final class Id3Stream {
  /** Metadata carried in PES packets (table 2-34). */
  static final int STREAM_TYPE = 0x15;

  /** private_stream_1. */
  static final int STREAM_ID = 0xBD;

  private static final int METADATA_POINTER = 0x25;
  private static final int METADATA = 0x26;
  private static final int BY_IDENTIFIER_16 = 0xFFFF;
  private static final int BY_IDENTIFIER_8 = 0xFF;
  private static final byte[] ID3 = "ID3 ".getBytes(StandardCharsets.US_ASCII);

  private Id3Stream() {}

  /**
   * What the programme map says of the programme: the metadata_pointer_descriptor.
   *
   * @param program its number
   */
  static Buffer programDescriptors(int program) {
    return descriptor(METADATA_POINTER, 15).appendByte((byte) 0x1F).appendUnsignedShort(program);
  }

  /** What the programme map says of the stream: the metadata_descriptor. */
  static Buffer descriptors() {
    return descriptor(METADATA, 13).appendByte((byte) 0x0F);
  }

  /** Both start alike, and have the same service. */
  private static Buffer descriptor(int tag, int length) {
    return Buffer.buffer(length + 2)
        .appendByte((byte) tag)
        .appendByte((byte) length)
        .appendUnsignedShort(BY_IDENTIFIER_16)
        .appendBytes(ID3)
        .appendByte((byte) BY_IDENTIFIER_8)
        .appendBytes(ID3)
        .appendByte((byte) 0);
  }

  /**
   * The PES packet of a tag.
   *
   * @param mediaNanos from the broadcast's first sample
   * @param tag at most {@link io.millrace.packager.metadata.Id3Tag#LONGEST} bytes
   */
  static Unit unit(long mediaNanos, Buffer tag) {
    long time = MediaClock.of(Timescale.VIDEO.ofNanos(mediaNanos), Timescale.VIDEO);
    return new Unit() {
      @Override
      public long dts() {
        return time;
      }

      @Override
      public long pts() {
        return time;
      }

      @Override
      public int size() {
        return tag.length();
      }

      @Override
      public boolean sync() {
        return true;
      }

      @Override
      public void write(PacketWriter out) {
        out.put(tag);
      }
    };
  }
}
