package io.millrace.packager.clip;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The inside of one box; every read is checked against its end. */
final class BoxReader {
  private static final int MAX_CHILDREN = 1024;

  private final String type;
  private final Buffer bytes;
  private int position;

  BoxReader(String type, Buffer bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  String type() {
    return type;
  }

  int remaining() {
    return bytes.length() - position;
  }

  BoxReader skip(int count) {
    need(count);
    position += count;
    return this;
  }

  int u8() {
    need(1);
    return bytes.getUnsignedByte(position++);
  }

  int u16() {
    need(2);
    position += 2;
    return bytes.getUnsignedShort(position - 2);
  }

  int i32() {
    need(4);
    position += 4;
    return bytes.getInt(position - 4);
  }

  long u32() {
    return i32() & 0xFFFF_FFFFL;
  }

  /** A 64-bit number that must not be negative. */
  long u63() {
    need(8);
    position += 8;
    long value = bytes.getLong(position - 8);
    if (value < 0) {
      throw malformed("a number of 64 bits");
    }
    return value;
  }

  long i64() {
    need(8);
    position += 8;
    return bytes.getLong(position - 8);
  }

  Buffer take(int count) {
    need(count);
    position += count;
    return bytes.getBuffer(position - count, position);
  }

  /** The number of entries that follow, each of {@code size} bytes: never more than there are. */
  int entries(int size) {
    long count = u32();
    if (count * size > remaining()) {
      throw malformed(count + " entries");
    }
    return (int) count;
  }

  /** The boxes from here to the end. */
  List<BoxReader> children() {
    List<BoxReader> children = new ArrayList<>();
    while (remaining() >= 8) {
      long size = u32();
      String child = new String(take(4).getBytes(), StandardCharsets.ISO_8859_1);
      long rest = size == 1 ? u63() - 16 : size == 0 ? remaining() : size - 8;
      if (rest < 0 || rest > remaining() || children.size() == MAX_CHILDREN) {
        throw malformed("box of " + size + " bytes");
      }
      children.add(new BoxReader(child, take((int) rest)));
    }
    return children;
  }

  static Optional<BoxReader> find(List<BoxReader> boxes, String type) {
    return boxes.stream().filter(box -> box.type.equals(type)).findFirst();
  }

  /**
   * @throws MalformedMediaException when there is none
   */
  BoxReader only(List<BoxReader> boxes, String wanted) {
    return find(boxes, wanted).orElseThrow(() -> malformed("has no " + wanted));
  }

  MalformedMediaException malformed(String problem) {
    return new MalformedMediaException(type, position, problem);
  }

  private void need(int count) {
    if (count < 0 || count > remaining()) {
      throw malformed("ends too early");
    }
  }
}
