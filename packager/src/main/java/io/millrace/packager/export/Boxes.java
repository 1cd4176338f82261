package io.millrace.packager.export;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the boxes of a stretch of bytes are (ISO/IEC 14496-12 4.2). */
final class Boxes {
  private static final int HEAD = 8;

  private Boxes() {}

  /**
   * One box.
   *
   * @param start of its head, from the beginning of all bytes
   * @param end behind it
   */
  record Box(String type, int start, int end) {
    /** Where what is inside begins. */
    int inside() {
      return start + HEAD;
    }

    /**
     * Where a field is that is so many bytes behind the version and flags of a full box.
     *
     * @throws MalformedMediaException when the box ends before it does
     */
    int field(int offset, int length) {
      int place = inside() + 4 + offset;
      if (place + length > end) {
        throw new MalformedMediaException(type, start, "ends too early");
      }
      return place;
    }
  }

  /**
   * The boxes from one place to another.
   *
   * @throws MalformedMediaException when they do not end there
   */
  static List<Box> of(Buffer bytes, int from, int to) {
    List<Box> boxes = new ArrayList<>();
    int at = from;
    while (at < to) {
      long size = to - at >= HEAD ? bytes.getUnsignedInt(at) : 0;
      if (size < HEAD || size > to - at) {
        throw new MalformedMediaException("box", at, "box of " + size + " bytes");
      }
      String type = bytes.getString(at + 4, at + HEAD, StandardCharsets.ISO_8859_1.name());
      boxes.add(new Box(type, at, (int) (at + size)));
      at += (int) size;
    }
    return boxes;
  }

  /** The boxes in a box that holds nothing else. */
  static List<Box> in(Buffer bytes, Box box) {
    return of(bytes, box.inside(), box.end());
  }

  static Optional<Box> find(List<Box> boxes, String type) {
    return boxes.stream().filter(box -> box.type().equals(type)).findFirst();
  }

  /**
   * Down a path of boxes.
   *
   * @throws MalformedMediaException when one is not there
   */
  static Box at(Buffer bytes, List<Box> boxes, String... path) {
    List<Box> level = boxes;
    Box found = null;
    for (String type : path) {
      if (found != null) {
        level = in(bytes, found);
      }
      found =
          find(level, type)
              .orElseThrow(() -> new MalformedMediaException(type, 0, "there is none"));
    }
    if (found == null) {
      throw new IllegalArgumentException("no path");
    }
    return found;
  }
}
