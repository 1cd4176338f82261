package io.millrace.media.cue;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/** Reads the fields of a splice_info_section one after another, never behind an end. */
final class SectionCursor {
  private static final String WHERE = "splice_info_section";

  private final Buffer data;
  private int position;
  private final int end;

  SectionCursor(Buffer data, int from, int end) {
    this.data = data;
    this.position = from;
    this.end = end;
  }

  int left() {
    return end - position;
  }

  int u8() {
    need(1);
    return data.getUnsignedByte(position++);
  }

  int u16() {
    need(2);
    position += 2;
    return data.getUnsignedShort(position - 2);
  }

  long u32() {
    need(4);
    position += 4;
    return data.getUnsignedInt(position - 4);
  }

  /** A time of 33 bits whose highest bit is the lowest of a byte that has been read. */
  long time33(int first) {
    return (first & 1L) << 32 | u32();
  }

  /** A copy: sections are small, and what they come in is large. */
  Buffer bytes(int count) {
    need(count);
    position += count;
    return data.getBuffer(position - count, position);
  }

  Buffer rest() {
    return bytes(left());
  }

  /** What is read next up to some bytes from here; it is skipped here. */
  SectionCursor part(int count) {
    need(count);
    position += count;
    return new SectionCursor(data, position - count, position);
  }

  MalformedMediaException malformed(String problem) {
    return new MalformedMediaException(WHERE, position, problem);
  }

  private void need(int count) {
    if (count > left()) {
      throw malformed("ends too early");
    }
  }
}
