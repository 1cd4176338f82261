package io.millrace.packager.captions;

import io.millrace.packager.captions.TextGrid.Layout;
import io.millrace.packager.captions.TextStyle.Color;
import java.util.List;

/**
 * One caption channel of CTA-608 (47 CFR 15.119 (d) to (i)): two memories of 15 rows, of which one
 * is shown. Each code is given once, in order of time.
 *
 * <pre>
 * pop-on    characters go to the hidden memory, which EOC swaps with the shown one
 * paint-on  characters go to the shown memory
 * roll-up   characters go to its base row, which CR moves up with the rows above it
 * text      characters are no captions and are left out, until a code resumes captions
 * </pre>
 */
final class Line21Channel implements CueLine.Screen {
  static final int ROWS = 15;
  static final int COLUMNS = 32;

  /** The grid fills the safe title area: four fifths of width and height, in the middle. */
  private static final Layout LAYOUT = new Layout(1_000, 1_000, 8_000.0 / ROWS, 8_000.0 / COLUMNS);

  /** By the low bits of a preamble's first byte: the row that is meant, or the one before it. */
  private static final int[] PREAMBLE_ROWS = {11, 1, 3, 12, 14, 5, 7, 9};

  /** By the codes of preambles and changes within a row; the next is italics. */
  private static final List<Color> COLORS =
      List.of(
          Color.WHITE, Color.GREEN, Color.BLUE, Color.CYAN, Color.RED, Color.YELLOW, Color.MAGENTA);

  private static final int ITALICS = 7;

  private final CueLine cues = new CueLine(this);
  private TextGrid shown = new TextGrid(ROWS, COLUMNS);
  private TextGrid hidden = new TextGrid(ROWS, COLUMNS);
  private Mode mode = Mode.NONE;
  private boolean text;
  private int rollUpRows;
  private int row = ROWS - 1;
  private int column;
  private TextStyle style = TextStyle.PLAIN;

  private enum Mode {
    NONE,
    POP_ON,
    ROLL_UP,
    PAINT_ON
  }

  CueLine cues() {
    return cues;
  }

  @Override
  public List<Caption> captions() {
    return shown.captions(LAYOUT);
  }

  @Override
  public void blank() {
    shown.clear();
  }

  /** Begins anew. */
  void reset(long now) {
    cues.blank(now);
    hidden.clear();
    resume(Mode.NONE);
  }

  void character(long now, char character) {
    cues.touch(now);
    if (text || mode == Mode.NONE) {
      return;
    }
    memory().put(row, Math.min(column, COLUMNS - 1), character, style);
    column = Math.min(column + 1, COLUMNS);
    written(now);
  }

  /** Takes the place of the character before it, which those see who don't know this one. */
  void extended(long now, char character) {
    if (!text) {
      column = Math.max(0, column - 1);
    }
    character(now, character);
  }

  /** A preamble address code: row, and a colour or an indent. */
  void preamble(long now, int set, int code) {
    cues.touch(now);
    if (text) {
      return;
    }
    boolean isSecond = code >= 0x60;
    int target = PREAMBLE_ROWS[set & 7] - 1 + (isSecond && set != 0x10 ? 1 : 0);
    if (mode == Mode.ROLL_UP) {
      moveBase(now, Math.max(target, rollUpRows - 1));
    } else {
      row = target;
    }
    int attribute = code >> 1 & 0xF;
    boolean isIndent = attribute >= 8;
    column = isIndent ? (attribute - 8) * 4 : 0;
    style =
        new TextStyle(
            isIndent || attribute == ITALICS ? Color.WHITE : COLORS.get(attribute),
            attribute == ITALICS,
            (code & 1) != 0);
  }

  /** A change of colour or slant, which takes the place of a space. */
  void midRow(long now, int code) {
    space(now);
    int attribute = code >> 1 & 7;
    boolean isItalic = attribute == ITALICS;
    TextStyle changed = style.with(isItalic, (code & 1) != 0);
    style = isItalic ? changed : changed.withColor(COLORS.get(attribute));
  }

  private void space(long now) {
    TextStyle before = style;
    style = TextStyle.PLAIN;
    character(now, ' ');
    style = before;
  }

  /** Tab offsets; the other codes of this set are of backgrounds and character sets. */
  void tab(long now, int code) {
    cues.touch(now);
    if (!text && code >= 0x21 && code <= 0x23) {
      column = Math.min(column + code - 0x20, COLUMNS - 1);
    }
  }

  /** A miscellaneous control code. */
  void command(long now, int code) {
    cues.touch(now);
    switch (code) {
      case 0x20 -> resume(Mode.POP_ON);
      case 0x21 -> backspace(now);
      case 0x24 -> deleteToEndOfRow(now);
      case 0x25, 0x26, 0x27 -> rollUp(now, code - 0x23);
      case 0x28 -> space(now);
      case 0x29 -> resume(Mode.PAINT_ON);
      case 0x2A, 0x2B -> text = true;
      case 0x2C -> eraseShown(now);
      case 0x2D -> carriageReturn(now);
      case 0x2E -> hidden.clear();
      case 0x2F -> endOfCaption(now);
      default -> {}
    }
  }

  private void resume(Mode resumed) {
    text = false;
    mode = resumed;
  }

  private void backspace(long now) {
    if (!text && mode != Mode.NONE && column > 0) {
      column--;
      memory().erase(row, column);
      written(now);
    }
  }

  private void deleteToEndOfRow(long now) {
    if (!text && mode != Mode.NONE) {
      memory().eraseFrom(row, Math.min(column, COLUMNS - 1));
      written(now);
    }
  }

  private void rollUp(long now, int rows) {
    text = false;
    if (mode != Mode.ROLL_UP) {
      eraseShown(now);
      hidden.clear();
      mode = Mode.ROLL_UP;
      row = ROWS - 1;
      column = 0;
      style = TextStyle.PLAIN;
    } else if (rows != rollUpRows) {
      cues.settle();
      int base = row;
      row = Math.max(base, rows - 1);
      shown.moveAlone(base, row, Math.min(rows, rollUpRows));
      cues.replaced(now);
    }
    rollUpRows = rows;
  }

  private void moveBase(long now, int base) {
    if (base != row) {
      cues.settle();
      shown.moveAlone(row, base, rollUpRows);
      row = base;
      cues.replaced(now);
    }
  }

  private void carriageReturn(long now) {
    if (text || mode != Mode.ROLL_UP) {
      return;
    }
    cues.settle();
    shown.rollUp(row - rollUpRows + 1, row);
    column = 0;
    style = TextStyle.PLAIN;
    cues.replaced(now);
  }

  private void eraseShown(long now) {
    cues.blank(now);
  }

  private void endOfCaption(long now) {
    cues.settle();
    TextGrid next = hidden;
    hidden = shown;
    shown = next;
    resume(Mode.POP_ON);
    cues.replaced(now);
  }

  private TextGrid memory() {
    return mode == Mode.POP_ON ? hidden : shown;
  }

  private void written(long now) {
    if (mode != Mode.POP_ON) {
      cues.written(now);
    }
  }
}
