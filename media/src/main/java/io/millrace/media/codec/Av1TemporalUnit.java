package io.millrace.media.codec;

import io.millrace.media.MalformedMediaException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What the heads of a temporal unit's OBUs tell (AV1 7.5).
 *
 * @param data the unit without the temporal delimiter at its start, as it goes into a sample; a
 *     slice
 * @param picture whether it holds a frame at all
 * @param keyFrame whether its first frame is a shown key frame: with a sequence header, decoding
 *     can start here
 * @param intraOnly whether its first frame refers to no other, but resets nothing
 * @param sequenceHeader the OBU with its header, where there is one; a slice
 */
public record Av1TemporalUnit(
    Buffer data,
    boolean picture,
    boolean keyFrame,
    boolean intraOnly,
    @Nullable Buffer sequenceHeader) {
  private static final int SHOW_EXISTING = 0x80;
  private static final int SHOW = 0x10;
  private static final int KEY = 0;
  private static final int INTRA_ONLY = 2;

  /**
   * Reads a temporal unit.
   *
   * @throws MalformedMediaException when the OBUs don't fit the data
   */
  public static Av1TemporalUnit read(Buffer unit) {
    int start = 0;
    boolean picture = false;
    boolean keyFrame = false;
    boolean intraOnly = false;
    boolean reduced = false;
    Buffer sequenceHeader = null;
    for (Av1Obu obu : Av1Obu.walk(unit, 0)) {
      switch (obu.type()) {
        case Av1Obu.TEMPORAL_DELIMITER -> start = obu.start() == start ? obu.end() : start;
        case Av1Obu.SEQUENCE_HEADER -> {
          if (sequenceHeader == null) {
            sequenceHeader = unit.slice(obu.start(), obu.end());
            reduced = Av1SequenceHeader.isReduced(unit, obu);
          }
        }
        case Av1Obu.FRAME, Av1Obu.FRAME_HEADER -> {
          if (!picture && obu.end() > obu.payload()) {
            int head = unit.getUnsignedByte(obu.payload());
            boolean coded = (head & SHOW_EXISTING) == 0;
            int type = head >> 5 & 3;
            keyFrame = reduced || (coded && type == KEY && (head & SHOW) != 0);
            intraOnly = !reduced && coded && type == INTRA_ONLY;
            picture = true;
          }
        }
        default -> {}
      }
    }
    return new Av1TemporalUnit(
        unit.slice(start, unit.length()), picture, keyFrame, intraOnly, sequenceHeader);
  }
}
