package io.millrace.packager.captions;

/**
 * Where a caption stands, in hundredths of a percent of the picture.
 *
 * @param line from the picture's top to that of the caption's first row
 * @param position from the picture's left to the caption's start, centre or end, as {@code align}
 *     says
 */
public record CaptionPlacement(int line, int position, Align align) {
  /** All of the picture. */
  static final int WHOLE = 10_000;

  /** How rows stand to each other and to the position. */
  public enum Align {
    START,
    CENTER,
    END
  }

  /** Held within the picture. */
  static CaptionPlacement of(double line, double position, Align align) {
    return new CaptionPlacement(within(line), within(position), align);
  }

  private static int within(double value) {
    return Math.clamp(Math.round(value), 0, WHOLE);
  }
}
