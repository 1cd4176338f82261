package io.millrace.validator.mp4;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The tree of boxes of some bytes (ISO/IEC 14496-12 4.2). */
public record Mp4Boxes(List<Box> boxes) {
  private static final Set<String> CONTAINERS =
      Set.of(
          "moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf", "edts", "dinf", "sinf");
  private static final int MAX_DEPTH = 16;
  private static final int HEADER = 8;
  private static final int MDAT = 0x6D646174;
  private static final int MAX_COMPLETED = 64 << 20;

  /**
   * One box.
   *
   * @param offset of its first byte in the file
   * @param size with its header
   * @param payload read-only, after the header (and empty for a container, which has children)
   */
  public record Box(String type, long offset, long size, ByteBuffer payload, List<Box> children) {
    public Box {
      children = List.copyOf(children);
    }

    /** The payload from its start, big-endian; each call gives its own position. */
    public ByteBuffer reader() {
      return payload.duplicate();
    }

    /** The children of a type. */
    public Stream<Box> all(String wanted) {
      return children.stream().filter(box -> box.type().equals(wanted));
    }

    /**
     * The box at a path of types below this one.
     *
     * @throws MalformedMp4Exception when there is none
     */
    public Box at(String... path) {
      Box box = this;
      for (String step : path) {
        Box parent = box;
        box =
            parent
                .all(step)
                .findFirst()
                .orElseThrow(
                    () ->
                        new MalformedMp4Exception(
                            parent.offset(), "no " + step + " in " + parent.type()));
      }
      return box;
    }
  }

  public Mp4Boxes {
    boxes = List.copyOf(boxes);
  }

  /**
   * Reads a whole file or segment.
   *
   * @throws MalformedMp4Exception when a box doesn't fit
   */
  public static Mp4Boxes read(byte[] bytes) {
    return new Mp4Boxes(boxes(ByteBuffer.wrap(bytes).asReadOnlyBuffer(), 0, 0));
  }

  /**
   * Bytes whose last box is a mdat that they cut off, with zeros in place of what is missing;
   * others as they are.
   *
   * @throws MalformedMp4Exception when too much is missing
   */
  static byte[] completed(byte[] bytes) {
    ByteBuffer reader = ByteBuffer.wrap(bytes);
    long at = 0;
    while (at + HEADER <= bytes.length) {
      long size = Integer.toUnsignedLong(reader.getInt((int) at));
      long end = at + size;
      if (size >= HEADER && end > bytes.length && reader.getInt((int) at + Integer.BYTES) == MDAT) {
        if (end > MAX_COMPLETED) {
          throw new MalformedMp4Exception(at, "a mdat of " + size + " bytes");
        }
        return Arrays.copyOf(bytes, (int) end);
      }
      if (size < HEADER) {
        break;
      }
      at = end;
    }
    return bytes;
  }

  /**
   * The boxes within a box that starts with other fields.
   *
   * @param skipped bytes of those fields
   */
  static List<Box> children(Box box, int skipped) {
    if (skipped > box.payload().capacity()) {
      throw new MalformedMp4Exception(box.offset(), box.type() + " is too short");
    }
    ByteBuffer content = box.payload().slice(skipped, box.payload().capacity() - skipped);
    return boxes(content, box.offset() + box.size() - content.capacity(), 1);
  }

  /** The top-level boxes of a type. */
  public Stream<Box> all(String type) {
    return boxes.stream().filter(box -> box.type().equals(type));
  }

  /** The first top-level box of a type. */
  public Optional<Box> first(String type) {
    return all(type).findFirst();
  }

  /** The types of the top-level boxes, in order. */
  public List<String> types() {
    return boxes.stream().map(Box::type).toList();
  }

  private static List<Box> boxes(ByteBuffer bytes, long offset, int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedMp4Exception(offset, "boxes nested too deeply");
    }
    List<Box> boxes = new ArrayList<>();
    try {
      while (bytes.hasRemaining()) {
        long at = offset + bytes.position();
        int start = bytes.position();
        long size = Integer.toUnsignedLong(bytes.getInt());
        byte[] type = new byte[4];
        bytes.get(type);
        if (size == 1) {
          size = bytes.getLong();
        } else if (size == 0) {
          size = (long) bytes.limit() - start;
        }
        long payload = size - (bytes.position() - start);
        if (payload < 0 || payload > bytes.remaining()) {
          throw new MalformedMp4Exception(at, "a box of " + size + " bytes doesn't fit");
        }
        String name = new String(type, StandardCharsets.ISO_8859_1);
        ByteBuffer content = bytes.slice(bytes.position(), (int) payload);
        long contentOffset = offset + bytes.position();
        bytes.position(bytes.position() + (int) payload);
        List<Box> children =
            CONTAINERS.contains(name)
                ? boxes(content.duplicate(), contentOffset, depth + 1)
                : List.of();
        boxes.add(new Box(name, at, size, content, children));
      }
    } catch (BufferUnderflowException e) {
      throw new MalformedMp4Exception(offset + bytes.position(), "cut in a box header");
    }
    return boxes;
  }
}
