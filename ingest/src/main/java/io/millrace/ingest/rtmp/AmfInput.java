package io.millrace.ingest.rtmp;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;

/**
 * Walks over the bytes of one message in an Action Message Format, and keeps the limits that both
 * formats share: how deep values nest and how many there are. Nothing is allocated by an announced
 * length.
 */
final class AmfInput {
  static final int MAX_DEPTH = 16;
  static final int MAX_VALUES = 4096;

  private final Buffer in;
  private int at;
  private int values;
  private boolean unknown;

  AmfInput(Buffer in) {
    this.in = in;
  }

  int left() {
    return in.length() - at;
  }

  /**
   * A value begins.
   *
   * @throws MalformedMediaException when it is one too many or too deep
   */
  void enter(int depth) {
    if (depth > MAX_DEPTH) {
      throw malformed("is nested deeper than " + MAX_DEPTH);
    }
    if (++values > MAX_VALUES) {
      throw malformed("has more than " + MAX_VALUES + " values");
    }
  }

  /** A type whose length nobody can tell was met: the rest of the message is lost. */
  void giveUp() {
    unknown = true;
  }

  boolean hasGivenUp() {
    return unknown;
  }

  int unsignedByte() {
    return in.getUnsignedByte(need(1));
  }

  /** The next byte without stepping over it; -1 at the end. */
  int peek() {
    return left() > 0 ? in.getUnsignedByte(at) : -1;
  }

  int unsignedShort() {
    return in.getUnsignedShort(need(2));
  }

  long unsignedInt() {
    return in.getUnsignedInt(need(4));
  }

  double number() {
    return in.getDouble(need(8));
  }

  void skip(long count) {
    if (count > left()) {
      throw malformed("ends too early");
    }
    at += (int) count;
  }

  String text(long length) {
    if (length > left()) {
      throw malformed("text of " + length + " bytes in " + left());
    }
    int from = need((int) length);
    return in.getString(from, from + (int) length, "UTF-8");
  }

  /** Steps over bytes that must be there, and returns where they begin. */
  private int need(int count) {
    if (left() < count) {
      throw malformed("ends too early");
    }
    int from = at;
    at += count;
    return from;
  }

  MalformedMediaException malformed(String problem) {
    return new MalformedMediaException("AMF", at, problem);
  }
}
