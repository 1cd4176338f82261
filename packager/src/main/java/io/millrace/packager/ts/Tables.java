package io.millrace.packager.ts;

import io.millrace.media.cue.SectionCrc;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** The sections that tell what a transport stream carries (ISO/IEC 13818-1 2.4.4). */
final class Tables {
  private static final int PROGRAM = 1;
  private static final int CURRENT = 0xC1;

  private Tables() {}

  /** A programme association section with one programme. */
  static Buffer association(Pid map) {
    Buffer section = start(0x00, 0);
    section.appendUnsignedShort(PROGRAM).appendUnsignedShort(0xE000 | map.id());
    return finish(section);
  }

  /**
   * A programme map section.
   *
   * @param version 0 to 31
   * @param streams in the order in which they are listed
   * @param metadata has ID3 tags: it is always there, since tracks do not change (HLS D1)
   */
  static Buffer programMap(
      int version, Pid clock, Map<Pid, ElementaryStream> streams, Pid metadata) {
    Buffer section = start(0x02, version);
    Buffer program = Id3Stream.programDescriptors(PROGRAM);
    section.appendUnsignedShort(0xE000 | clock.id());
    section.appendUnsignedShort(0xF000 | program.length()).appendBuffer(program);
    streams.forEach(
        (pid, stream) -> {
          Buffer descriptors = stream.descriptors();
          section.appendByte((byte) stream.streamType());
          section.appendUnsignedShort(0xE000 | pid.id());
          section.appendUnsignedShort(0xF000 | descriptors.length()).appendBuffer(descriptors);
        });
    Buffer descriptors = Id3Stream.descriptors();
    section.appendByte((byte) Id3Stream.STREAM_TYPE).appendUnsignedShort(0xE000 | metadata.id());
    section.appendUnsignedShort(0xF000 | descriptors.length()).appendBuffer(descriptors);
    return finish(section);
  }

  private static Buffer start(int table, int version) {
    return Buffer.buffer(64)
        .appendByte((byte) table)
        .appendUnsignedShort(0)
        .appendUnsignedShort(PROGRAM)
        .appendByte((byte) (CURRENT | version << 1))
        .appendUnsignedShort(0);
  }

  private static Buffer finish(Buffer section) {
    section.setUnsignedShort(1, 0xB000 | (section.length() + 4 - 3));
    return section.appendInt(SectionCrc.of(section, 0, section.length()));
  }
}
