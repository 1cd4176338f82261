package io.millrace.testkit.rtmp;

import java.io.ByteArrayOutputStream;

/** Bytes in the making, big-endian unless said otherwise. */
public final class Bytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Bytes u8(int value) {
    out.write(value);
    return this;
  }

  public Bytes u16(int value) {
    return u8(value >> 8).u8(value);
  }

  public Bytes u24(int value) {
    return u8(value >> 16).u16(value);
  }

  public Bytes u32(long value) {
    return u16((int) (value >> 16)).u16((int) value);
  }

  public Bytes u32LittleEndian(int value) {
    return u32(Integer.toUnsignedLong(Integer.reverseBytes(value)));
  }

  public Bytes f64(double value) {
    long bits = Double.doubleToLongBits(value);
    return u32(bits >>> 32).u32(bits);
  }

  public Bytes add(byte[] bytes) {
    return add(bytes, 0, bytes.length);
  }

  public Bytes add(byte[] bytes, int from, int count) {
    out.write(bytes, from, count);
    return this;
  }

  public int length() {
    return out.size();
  }

  public byte[] toArray() {
    return out.toByteArray();
  }

  /** What has been added since the last time. */
  byte[] take() {
    byte[] taken = out.toByteArray();
    out.reset();
    return taken;
  }
}
