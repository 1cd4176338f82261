package io.millrace.packager.cmaf;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Writes nested boxes (ISO/IEC 14496-12 4.2); a box's size is filled in when it ends. */
final class BoxWriter {
  private final Buffer out;
  private final Deque<Integer> open = new ArrayDeque<>();

  BoxWriter(int sizeHint) {
    this(Buffer.buffer(sizeHint));
  }

  /** Writes behind what a buffer holds. */
  BoxWriter(Buffer out) {
    this.out = out;
  }

  /** Starts a box; what is written until its {@link #end} is inside. */
  BoxWriter box(String type) {
    open.push(out.length());
    out.appendInt(0);
    return text(type);
  }

  /** Starts a box with a version and flags. */
  BoxWriter fullBox(String type, int version, int flags) {
    return box(type).u32((long) version << 24 | flags);
  }

  BoxWriter end() {
    int start = open.pop();
    out.setInt(start, out.length() - start);
    return this;
  }

  BoxWriter u8(int value) {
    out.appendByte((byte) value);
    return this;
  }

  BoxWriter u16(int value) {
    out.appendUnsignedShort(value);
    return this;
  }

  BoxWriter u32(long value) {
    out.appendInt((int) value);
    return this;
  }

  BoxWriter u64(long value) {
    out.appendLong(value);
    return this;
  }

  BoxWriter zeros(int count) {
    for (int i = 0; i < count; i++) {
      out.appendByte((byte) 0);
    }
    return this;
  }

  /** ASCII without a terminator. */
  BoxWriter text(String ascii) {
    out.appendBytes(ascii.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  BoxWriter bytes(Buffer bytes) {
    out.appendBuffer(bytes);
    return this;
  }

  /** Bytes written so far. */
  int position() {
    return out.length();
  }

  /** Overwrites four bytes. */
  void setU32(int position, long value) {
    out.setInt(position, (int) value);
  }

  Buffer finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException(open.size() + " boxes are open");
    }
    return out;
  }
}
