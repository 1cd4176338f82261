package io.millrace.packager.captions;

import io.millrace.packager.captions.CaptionPlacement.Align;
import io.millrace.packager.captions.TextGrid.Layout;
import java.util.Arrays;
import java.util.List;

/** One of the eight windows of a CTA-708 service (8.4): a grid of text somewhere on the picture. */
final class DtvccWindow {
  private static final int MAX_ROWS = 16;
  private static final int MAX_COLUMNS = 64;
  private static final int PARAMETERS = 6;

  /** The safe title area, in hundredths of a percent of the picture. */
  private static final double SAFE = 1_000;

  private static final double SAFE_SIZE = 8_000;

  /** Anchors count in a grid of 75 by 160, or 210 where the picture is wide, or in percent. */
  private static final double GRID_HEIGHT = 75;

  private static final double GRID_WIDTH = 160;
  private static final double WIDE_GRID_WIDTH = 210;
  private static final double PERCENT = 100;

  /** Rows and columns that fill the safe title area at the usual size of characters. */
  private static final int SCREEN_ROWS = 15;

  private static final int SCREEN_COLUMNS = 32;
  private static final int WIDE_SCREEN_COLUMNS = 42;

  private final boolean wide;
  private final TextGrid text = new TextGrid(MAX_ROWS, MAX_COLUMNS);
  private byte[] definition = new byte[0];
  private int rows;
  private int columns;
  private boolean visible;
  private Align align = Align.START;
  private int row;
  private int column;
  private TextStyle style = TextStyle.PLAIN;

  /**
   * @param wide whether the picture is nearer to 16:9 than to 4:3
   */
  DtvccWindow(boolean wide) {
    this.wide = wide;
  }

  /** The six parameters of DefineWindow; said again without a change they are nothing. */
  void define(byte[] data, int from) {
    byte[] next = Arrays.copyOfRange(data, from, from + PARAMETERS);
    if (Arrays.equals(next, definition)) {
      return;
    }
    definition = next;
    visible = (next[0] & 0x20) != 0;
    rows = 1 + (next[3] & 0xF);
    columns = 1 + (next[4] & 0x3F);
    int windowStyle = next[5] >> 3 & 7;
    if (windowStyle > 0) {
      align = windowStyle == 3 || windowStyle == 6 ? Align.CENTER : Align.START;
    }
    if ((next[5] & 7) > 0) {
      style = TextStyle.PLAIN;
    }
    while (row >= rows) {
      text.rollUp(0, MAX_ROWS - 1);
      row--;
    }
    for (int below = rows; below < MAX_ROWS; below++) {
      text.eraseFrom(below, 0);
    }
  }

  /** SetWindowAttributes: of its four bytes the justification is kept. */
  void attributes(int third) {
    align =
        switch (third & 3) {
          case 1 -> Align.END;
          case 2 -> Align.CENTER;
          default -> Align.START;
        };
  }

  boolean isVisible() {
    return visible;
  }

  void show(boolean shown) {
    visible = shown;
  }

  void penStyle(boolean italic, boolean underlined) {
    style = style.with(italic, underlined);
  }

  void penColor(TextStyle.Color color) {
    style = style.withColor(color);
  }

  void penLocation(int newRow, int newColumn) {
    row = Math.min(newRow, rows - 1);
    column = newColumn;
  }

  /** Text goes on past the last column: who drops it loses words. */
  void write(char character) {
    if (column < MAX_COLUMNS) {
      text.put(row, column, character, style);
      column++;
    }
  }

  void backspace() {
    if (column > 0) {
      column--;
      text.erase(row, column);
    }
  }

  void carriageReturn() {
    column = 0;
    if (row + 1 < rows) {
      row++;
    } else {
      text.rollUp(0, rows - 1);
    }
  }

  /** HCR: the row is blank again. */
  void clearRow() {
    text.eraseFrom(row, 0);
    column = 0;
  }

  void clear() {
    text.clear();
  }

  /** FF. */
  void formFeed() {
    clear();
    row = 0;
    column = 0;
  }

  List<Caption> captions() {
    boolean relative = (definition[1] & 0x80) != 0;
    double vertical = (definition[1] & 0x7F) / (relative ? PERCENT : GRID_HEIGHT);
    double gridWidth = wide ? WIDE_GRID_WIDTH : GRID_WIDTH;
    double horizontal = (definition[2] & 0xFF) / (relative ? PERCENT : gridWidth);
    int anchor = Math.min(definition[3] >> 4 & 0xF, 8);
    double rowHeight = SAFE_SIZE / SCREEN_ROWS;
    double columnWidth = SAFE_SIZE / (wide ? WIDE_SCREEN_COLUMNS : SCREEN_COLUMNS);
    double top = origin(vertical, anchor / 3, rows * rowHeight);
    double left = origin(horizontal, anchor % 3, columns * columnWidth);
    Layout layout = new Layout(top, left, rowHeight, columnWidth);
    return align == Align.START ? text.captions(layout) : text.captions(layout, align, columns);
  }

  /**
   * Where a window starts, held within the safe title area where it fits into it.
   *
   * @param anchor what of it stands at the place: its start, its middle or its end
   */
  private static double origin(double place, int anchor, double size) {
    double start = SAFE + place * SAFE_SIZE - size * anchor / 2;
    return Math.max(SAFE, Math.min(start, SAFE + SAFE_SIZE - size));
  }
}
