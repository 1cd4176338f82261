package io.millrace.packager.thumbnails;

import io.millrace.packager.ThumbnailConfig;
import io.millrace.packager.presentation.RenditionInfo;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the thumbnails of a presentation are laid out: one for each stretch of its timeline, which is
 * a cell; {@link #TILES} cells are a sheet. It is in the sheets' addresses, so that one with
 * another layout has another address.
 *
 * @param seconds of a cell
 * @param tileWidth pixels, even
 * @param tileHeight pixels, even
 */
public record ThumbnailGrid(int seconds, int tileWidth, int tileHeight) {
  public static final int COLUMNS = 5;
  public static final int ROWS = 5;
  public static final int TILES = COLUMNS * ROWS;

  /** What any directory of sheets begins with. */
  public static final String DIRECTORY = "thumbnails-";

  /** For what is longer cells are longer: 36 sheets. */
  static final int MOST_CELLS = 900;

  static final long NANOS = 1_000_000_000L;
  private static final int DEFAULT_WIDTH = 16;
  private static final int DEFAULT_HEIGHT = 9;
  private static final Pattern NAME =
      Pattern.compile(DIRECTORY + "([1-9][0-9]{0,5})s-([1-9][0-9]{1,3})x([1-9][0-9]{0,3})");

  /**
   * The layout of what lasts so long.
   *
   * @param nanos how long it lasts, or can be gone back in
   * @param picture whose shape the tiles have
   */
  static ThumbnailGrid of(ThumbnailConfig config, long nanos, RenditionInfo picture) {
    long wish = config.interval().toSeconds();
    long most = wish * MOST_CELLS * NANOS;
    long times = Math.max(1, Math.ceilDiv(nanos, most));
    return new ThumbnailGrid(
        (int) (wish * times), config.width(), tileHeight(config.width(), picture));
  }

  /** At most twice the width; a picture that is higher still stands in the middle of it. */
  static int tileHeight(int width, RenditionInfo picture) {
    boolean known = picture.width() > 0 && picture.height() > 0;
    double shape =
        known
            ? (double) picture.height() / picture.width()
            : (double) DEFAULT_HEIGHT / DEFAULT_WIDTH;
    int even = (int) Math.round(width * shape / 2) * 2;
    return Math.clamp(even, 16, 2 * width);
  }

  /** What a directory is named by {@link #directory}; empty for any other. */
  public static Optional<ThumbnailGrid> parse(String directory) {
    Matcher name = NAME.matcher(directory);
    return name.matches()
        ? Optional.of(
            new ThumbnailGrid(
                Integer.parseInt(name.group(1)),
                Integer.parseInt(name.group(2)),
                Integer.parseInt(name.group(3))))
        : Optional.empty();
  }

  /** Where its sheets are, below the broadcast. */
  public String directory() {
    return DIRECTORY + seconds + "s-" + tileWidth + "x" + tileHeight;
  }

  long cellNanos() {
    return seconds * NANOS;
  }

  long sheetNanos() {
    return TILES * cellNanos();
  }

  /** A sheet that does not grow (any more), in {@link #directory}. */
  static String sheet(long number) {
    return "sheet-" + number + ".jpg";
  }

  /** Columns and rows, as players read it. */
  String layout() {
    return COLUMNS + "x" + ROWS;
  }

  /** Bits a second: a JPEG of this kind has less than two bits a pixel. */
  long bandwidth() {
    return Math.ceilDiv(2L * sheetWidth() * sheetHeight(), (long) TILES * seconds);
  }

  int sheetWidth() {
    return COLUMNS * tileWidth;
  }

  int sheetHeight() {
    return ROWS * tileHeight;
  }

  int left(int tile) {
    return tile % COLUMNS * tileWidth;
  }

  int top(int tile) {
    return tile / COLUMNS * tileHeight;
  }
}
