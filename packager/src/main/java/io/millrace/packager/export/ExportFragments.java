package io.millrace.packager.export;

import io.millrace.media.MalformedMediaException;
import io.millrace.packager.export.Boxes.Box;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * Segments as they stand in a file of several tracks: with the track's number, a sequence number of
 * the file, and times from its beginning. Nothing changes its length, so where everything is in the
 * file is known before any of it is read.
 */
final class ExportFragments {
  /** No segment has so many chunks. */
  private static final int CHUNKS = 256;

  private ExportFragments() {}

  /** The decode time of a segment's first sample; empty when that is behind the given bytes. */
  static OptionalLong decodeTime(Buffer start) {
    int at = 0;
    while (at + 8 <= start.length()) {
      long size = start.getUnsignedInt(at);
      if (start.getString(at + 4, at + 8).equals("moof") && at + size <= start.length()) {
        Box moof = new Box("moof", at, (int) (at + size));
        Box tfdt = Boxes.at(start, Boxes.in(start, moof), "traf", "tfdt");
        return OptionalLong.of(start.getLong(tfdt.field(0, 8)));
      }
      if (size < 8 || size > Integer.MAX_VALUE - at) {
        throw new MalformedMediaException("box", at, "box of " + size + " bytes");
      }
      at += (int) size;
    }
    return OptionalLong.empty();
  }

  /**
   * A segment of the file.
   *
   * @param segment as it is stored; not changed
   * @param track its number
   * @param zero what is decoded at that time is at 0 in the file
   * @param index of the segment in the file
   * @throws MalformedMediaException when it is not like ours
   */
  static Buffer of(Buffer segment, int track, long zero, int index) {
    Buffer out = segment.copy();
    long sequence = (long) index * CHUNKS;
    for (Box box : Boxes.of(out, 0, out.length())) {
      switch (box.type()) {
        case "moof" -> {
          sequence++;
          fragment(out, box, track, zero, sequence);
        }
        case "emsg" -> event(out, box, zero);
        default -> {
          // Types and media stay as they are.
        }
      }
    }
    return out;
  }

  private static void fragment(Buffer out, Box moof, int track, long zero, long sequence) {
    List<Box> inside = Boxes.in(out, moof);
    out.setUnsignedInt(Boxes.at(out, inside, "mfhd").field(0, 4), sequence & 0xFFFF_FFFFL);
    out.setUnsignedInt(Boxes.at(out, inside, "traf", "tfhd").field(0, 4), track);
    int place = Boxes.at(out, inside, "traf", "tfdt").field(0, 8);
    out.setLong(place, Math.max(0, out.getLong(place) - zero));
  }

  /** Of version 1, in the track's ticks. */
  private static void event(Buffer out, Box emsg, long zero) {
    int place = emsg.field(4, 8);
    out.setLong(place, Math.max(0, out.getLong(place) - zero));
  }
}
