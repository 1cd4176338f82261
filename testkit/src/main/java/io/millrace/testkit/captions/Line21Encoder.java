package io.millrace.testkit.captions;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the byte pairs of one CTA-608 channel: control codes are sent twice, text in pairs. */
public final class Line21Encoder {
  /** First bytes of preambles by row, from 1; 0x40 or 0x60 is the base of the second. */
  private static final int[] PREAMBLES = {
    0x1140, 0x1160, 0x1240, 0x1260, 0x1540, 0x1560, 0x1640, 0x1660, 0x1740, 0x1760, 0x1040, 0x1340,
    0x1360, 0x1440, 0x1460
  };

  private static final Map<Character, Integer> BASIC =
      Map.of(
          '’', 0x27, 'á', 0x2A, 'é', 0x5C, 'í', 0x5E, 'ó', 0x5F, 'ú', 0x60, 'ç', 0x7B, 'ñ', 0x7E);
  private static final Map<Character, Integer> SPECIAL =
      Map.of('®', 0x30, '½', 0x32, '♪', 0x37, 'à', 0x38, 'è', 0x3A, 'û', 0x3F);

  /** Two-byte codes, each with what older receivers show in its place. */
  private static final Map<Character, Integer> EXTENDED =
      Map.of('É', 0x1221, '“', 0x122E, '»', 0x123F, 'Ä', 0x1330, 'ß', 0x1334, '┘', 0x133F);

  private final int field;
  private final int channelBit;
  private final List<CcData> pairs = new ArrayList<>();
  private int waiting;

  /**
   * @param channel 1 to 4
   */
  public Line21Encoder(int channel) {
    field = (channel - 1) / 2;
    channelBit = channel % 2 == 0 ? 0x08 : 0;
  }

  /** What was written, and begins anew. */
  public List<CcData> take() {
    flush();
    List<CcData> all = List.copyOf(pairs);
    pairs.clear();
    return all;
  }

  /** A miscellaneous control code, such as {@code 0x20} to resume caption loading. */
  public Line21Encoder command(int code) {
    return twice(0x14 + field, code);
  }

  public Line21Encoder popOn() {
    return command(0x20);
  }

  public Line21Encoder paintOn() {
    return command(0x29);
  }

  /**
   * @param rows 2 to 4
   */
  public Line21Encoder rollUp(int rows) {
    return command(0x23 + rows);
  }

  public Line21Encoder backspace() {
    return command(0x21);
  }

  public Line21Encoder deleteToEndOfRow() {
    return command(0x24);
  }

  public Line21Encoder eraseShown() {
    return command(0x2C);
  }

  public Line21Encoder carriageReturn() {
    return command(0x2D);
  }

  public Line21Encoder eraseHidden() {
    return command(0x2E);
  }

  public Line21Encoder endOfCaption() {
    return command(0x2F);
  }

  /**
   * Row and column.
   *
   * @param row 1 to 15
   * @param column 0 to 31
   */
  public Line21Encoder at(int row, int column) {
    preamble(row, 0x10 | (column / 4) << 1);
    return column % 4 == 0 ? this : twice(0x17, 0x20 + column % 4);
  }

  /**
   * Row and look.
   *
   * @param attribute 0 to 6 for a colour, 7 for italics
   */
  public Line21Encoder styled(int row, int attribute, boolean underlined) {
    return preamble(row, attribute << 1 | (underlined ? 1 : 0));
  }

  private Line21Encoder preamble(int row, int low) {
    int code = PREAMBLES[row - 1] + low;
    return twice(code >> 8, code & 0xFF);
  }

  /** A change of look within a row. */
  public Line21Encoder midRow(int attribute, boolean underlined) {
    return twice(0x11, 0x20 | attribute << 1 | (underlined ? 1 : 0));
  }

  /** Characters; those that take two bytes are known where tests need them. */
  public Line21Encoder text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      Integer special = SPECIAL.get(character);
      Integer code = EXTENDED.get(character);
      if (special != null) {
        twice(0x11, special);
      } else if (code != null) {
        character('?');
        twice(code >> 8, code & 0xFF);
      } else {
        character(BASIC.getOrDefault(character, (int) character));
      }
    }
    return this;
  }

  /** A pair without anything. */
  public Line21Encoder nothing() {
    return once(0, 0);
  }

  /** A pair as it is, with parity. */
  public Line21Encoder once(int first, int second) {
    flush();
    pairs.add(new CcData(true, field, withParity(first), withParity(second)));
    return this;
  }

  private Line21Encoder twice(int first, int second) {
    return once(first | channelBit, second).once(first | channelBit, second);
  }

  private void character(int code) {
    if (waiting == 0) {
      waiting = code;
    } else {
      int first = waiting;
      waiting = 0;
      once(first, code);
    }
  }

  private void flush() {
    if (waiting != 0) {
      int first = waiting;
      waiting = 0;
      once(first, 0);
    }
  }

  /** Odd parity in the highest bit. */
  public static int withParity(int value) {
    return Integer.bitCount(value) % 2 == 1 ? value : value | 0x80;
  }
}
