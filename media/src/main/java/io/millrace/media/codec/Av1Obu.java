package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One open bitstream unit (AV1 5.3).
 *
 * @param type {@code obu_type}
 * @param start where its header is in the data it was read from
 * @param payload where its header ends
 * @param end where the next one starts
 */
public record Av1Obu(int type, int start, int payload, int end) {
  public static final int SEQUENCE_HEADER = 1;
  public static final int TEMPORAL_DELIMITER = 2;
  public static final int FRAME_HEADER = 3;
  public static final int TILE_GROUP = 4;
  public static final int METADATA = 5;
  public static final int FRAME = 6;
  public static final int PADDING = 15;

  private static final String WHERE = "OBU";
  private static final int MAX_UNITS = 4_096;

  /**
   * The units one after another; only the last may lack its size.
   *
   * @throws MalformedMediaException when a size does not fit, or there are thousands of units
   */
  public static List<Av1Obu> walk(Buffer data, int offset) {
    List<Av1Obu> units = new ArrayList<>(4);
    int at = offset;
    while (at < data.length()) {
      Av1Obu unit = read(data, at);
      units.add(unit);
      if (units.size() > MAX_UNITS) {
        throw new MalformedMediaException(WHERE, at, "more than " + MAX_UNITS + " units");
      }
      at = unit.end;
    }
    return units;
  }

  private static Av1Obu read(Buffer data, int start) {
    int header = data.getUnsignedByte(start);
    if ((header & 0x80) != 0) {
      throw new MalformedMediaException(WHERE, start, "forbidden bit is set");
    }
    int at = start + ((header & 4) != 0 ? 2 : 1);
    long size = data.length() - (long) at;
    if ((header & 2) != 0) {
      size = 0;
      boolean more = true;
      for (int i = 0; more && i < 8; i++, at++) {
        if (at >= data.length()) {
          throw new MalformedMediaException(WHERE, at, "ends within its size");
        }
        size |= (data.getByte(at) & 0x7FL) << (7 * i);
        more = (data.getByte(at) & 0x80) != 0;
      }
      if (more) {
        throw new MalformedMediaException(WHERE, at, "size does not end");
      }
    }
    if (size < 0 || size > data.length() - at) {
      throw new MalformedMediaException(WHERE, start, "unit goes past the end");
    }
    return new Av1Obu(header >> 3 & 0xF, start, at, at + (int) size);
  }
}
