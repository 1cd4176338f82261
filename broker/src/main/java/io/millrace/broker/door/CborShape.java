package io.millrace.broker.door;

import io.millrace.broker.door.Fields.BadFieldException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Looks whether bytes are one well-formed item of CBOR (RFC 8949 section 3 and appendix C), of the
 * kinds that frames are made of: no tags, no keys but texts, texts that are UTF-8. It allocates by
 * what is there, and takes one pass, before a parser that does neither for tags sees the bytes.
 */
final class CborShape {
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int SIMPLE = 7;

  /** The additional information that says that a break ends the item. */
  private static final int INDEFINITE = 31;

  private static final int BREAK = 0xFF;
  private static final int LEAST_SIMPLE_OF_TWO_BYTES = 32;

  private final byte[] bytes;
  private int at;

  private CborShape(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Checks.
   *
   * @throws BadFieldException when the bytes are not well-formed, or more than one item
   */
  static void check(byte[] bytes) {
    CborShape shape = new CborShape(bytes);
    shape.item(0);
    if (shape.at < bytes.length) {
      throw new BadFieldException("something follows the CBOR object");
    }
  }

  private void item(int depth) {
    if (depth > Encoding.MAX_DEPTH) {
      throw new BadFieldException(Encoding.TOO_DEEP);
    }
    int head = next();
    int major = head >> 5;
    int info = head & 0x1F;
    switch (major) {
      case BYTES, TEXT -> string(major, info);
      case ARRAY -> elements(info, depth, false);
      case MAP -> elements(info, depth, true);
      case TAG -> throw malformed("has a tag");
      case SIMPLE -> simple(info);
      default -> argument(info);
    }
  }

  private void string(int major, int info) {
    if (info != INDEFINITE) {
      chunk(major, argument(info));
      return;
    }
    while (peek() != BREAK) {
      int head = next();
      if (head >> 5 != major) {
        throw malformed("has a string of different pieces");
      }
      chunk(major, argument(head & 0x1F));
    }
    at++;
  }

  private void chunk(int major, long length) {
    if (length > bytes.length - at) {
      throw malformed("ends too early");
    }
    if (major == TEXT) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, (int) length));
      } catch (CharacterCodingException e) {
        throw malformed("has a text that is not UTF-8");
      }
    }
    at += (int) length;
  }

  private void elements(int info, int depth, boolean isMap) {
    if (info == INDEFINITE) {
      while (peek() != BREAK) {
        element(depth, isMap);
      }
      at++;
      return;
    }
    long count = argument(info);
    if (count > bytes.length - at) {
      throw malformed("ends too early");
    }
    for (long i = 0; i < count; i++) {
      element(depth, isMap);
    }
  }

  private void element(int depth, boolean isMap) {
    if (isMap) {
      if (peek() >> 5 != TEXT) {
        throw malformed("has a key that is no text");
      }
      item(depth + 1);
    }
    item(depth + 1);
  }

  private void simple(int info) {
    if (info == 24) {
      if (next() < LEAST_SIMPLE_OF_TWO_BYTES) {
        throw malformed("is not well-formed");
      }
    } else {
      argument(info);
    }
  }

  /** The number behind an item's first byte, which is how much is read on; large ones are cut. */
  private long argument(int info) {
    if (info < 24) {
      return info;
    }
    if (info > 27) {
      throw malformed("is not well-formed");
    }
    long value = 0;
    for (int i = 1 << (info - 24); i > 0; i--) {
      value = value << 8 | next();
    }
    return value < 0 ? Long.MAX_VALUE : value;
  }

  private int peek() {
    if (at >= bytes.length) {
      throw malformed("ends too early");
    }
    return bytes[at] & 0xFF;
  }

  private int next() {
    int value = peek();
    at++;
    return value;
  }

  private BadFieldException malformed(String what) {
    return new BadFieldException("what came is not CBOR: it " + what + ", at byte " + at);
  }
}
