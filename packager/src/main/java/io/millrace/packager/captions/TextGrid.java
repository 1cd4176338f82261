package io.millrace.packager.captions;

import io.millrace.packager.captions.Caption.Span;
import io.millrace.packager.captions.CaptionPlacement.Align;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows and columns of styled characters: a CTA-608 memory, or a CTA-708 window's text. */
final class TextGrid {
  private static final char EMPTY = 0;

  private final char[][] characters;
  private final TextStyle[][] styles;

  /**
   * Where a grid stands on the picture, in hundredths of a percent.
   *
   * @param top of its first row
   * @param left of its first column
   */
  record Layout(double top, double left, double rowHeight, double columnWidth) {}

  /** A row that is not blank, from its first to its last character. */
  private record Line(int first, int last, List<Span> spans) {
    /** Twice the column of its middle. */
    int middle() {
      return first + last + 1;
    }
  }

  TextGrid(int rows, int columns) {
    characters = new char[rows][columns];
    styles = new TextStyle[rows][columns];
    for (TextStyle[] row : styles) {
      Arrays.fill(row, TextStyle.PLAIN);
    }
  }

  void put(int row, int column, char character, TextStyle style) {
    characters[row][column] = character;
    styles[row][column] = style;
  }

  void erase(int row, int column) {
    characters[row][column] = EMPTY;
  }

  void eraseFrom(int row, int column) {
    Arrays.fill(characters[row], column, characters[row].length, EMPTY);
  }

  void clear() {
    for (char[] row : characters) {
      Arrays.fill(row, EMPTY);
    }
  }

  /** Moves all rows of a range one up: the first is lost, the last becomes blank. */
  void rollUp(int top, int bottom) {
    for (int row = top; row < bottom; row++) {
      copyRow(row + 1, row);
    }
    eraseFrom(bottom, 0);
  }

  /** Moves rows, so that the last of them comes to stand elsewhere, and blanks all others. */
  void moveAlone(int bottom, int newBottom, int count) {
    TextGrid moved = new TextGrid(characters.length, characters[0].length);
    for (int i = 0; i < count && bottom - i >= 0 && newBottom - i >= 0; i++) {
      moved.characters[newBottom - i] = characters[bottom - i].clone();
      moved.styles[newBottom - i] = styles[bottom - i].clone();
    }
    for (int row = 0; row < characters.length; row++) {
      characters[row] = moved.characters[row];
      styles[row] = moved.styles[row];
    }
  }

  private void copyRow(int from, int to) {
    System.arraycopy(characters[from], 0, characters[to], 0, characters[to].length);
    System.arraycopy(styles[from], 0, styles[to], 0, styles[to].length);
  }

  /**
   * What stands in it, rows together that are adjacent and start in the same column, or have the
   * same middle.
   */
  List<Caption> captions(Layout layout) {
    List<Caption> captions = new ArrayList<>();
    List<Line> block = new ArrayList<>();
    for (int row = 0; row <= characters.length; row++) {
      Line line = row < characters.length ? line(row) : null;
      if (!block.isEmpty() && (line == null || !(starts(block, line) || centers(block, line)))) {
        captions.add(caption(layout, row - block.size(), block));
        block.clear();
      }
      if (line != null) {
        block.add(line);
      }
    }
    return captions;
  }

  /** The same where rows are justified at the middle or the end of the columns. */
  List<Caption> captions(Layout layout, Align align, int columns) {
    List<Caption> captions = new ArrayList<>();
    List<Line> block = new ArrayList<>();
    double position = layout.left + columns * layout.columnWidth / (align == Align.CENTER ? 2 : 1);
    for (int row = 0; row <= characters.length; row++) {
      Line line = row < characters.length ? line(row) : null;
      if (line != null) {
        block.add(line);
      } else if (!block.isEmpty()) {
        double top = layout.top + (row - block.size()) * layout.rowHeight;
        captions.add(caption(CaptionPlacement.of(top, position, align), block));
        block.clear();
      }
    }
    return captions;
  }

  private static boolean starts(List<Line> block, Line next) {
    int first = block.getFirst().first;
    return next.first == first && block.stream().allMatch(line -> line.first == first);
  }

  private static boolean centers(List<Line> block, Line next) {
    int middle = block.getFirst().middle();
    return isNear(next.middle(), middle)
        && block.stream().allMatch(line -> isNear(line.middle(), middle));
  }

  /** Within a column of each other. */
  private static boolean isNear(int middle, int other) {
    return Math.abs(middle - other) <= 2;
  }

  private static Caption caption(Layout layout, int row, List<Line> block) {
    Line head = block.getFirst();
    boolean starts = starts(block, head);
    double column = starts ? head.first : head.middle() / 2.0;
    CaptionPlacement placement =
        CaptionPlacement.of(
            layout.top + row * layout.rowHeight,
            layout.left + column * layout.columnWidth,
            starts ? Align.START : Align.CENTER);
    return caption(placement, block);
  }

  private static Caption caption(CaptionPlacement placement, List<Line> block) {
    return new Caption(placement, block.stream().map(Line::spans).toList());
  }

  private @Nullable Line line(int row) {
    char[] text = characters[row];
    int first = 0;
    while (first < text.length && isBlank(text[first])) {
      first++;
    }
    if (first == text.length) {
      return null;
    }
    int last = text.length - 1;
    while (isBlank(text[last])) {
      last--;
    }
    List<Span> spans = new ArrayList<>();
    StringBuilder span = new StringBuilder();
    for (int column = first; column <= last; column++) {
      span.append(text[column] == EMPTY ? ' ' : text[column]);
      TextStyle style = styles[row][column];
      if (column == last || !style.equals(styles[row][column + 1])) {
        spans.add(new Span(span.toString(), style));
        span.setLength(0);
      }
    }
    return new Line(first, last, spans);
  }

  private static boolean isBlank(char character) {
    return character == EMPTY || character == ' ' || character == '\u00A0';
  }
}
