package io.millrace.packager.captions;

/** What WebVTT can show of a character's look. */
public record TextStyle(Color color, boolean italic, boolean underlined) {
  static final TextStyle PLAIN = new TextStyle(Color.WHITE, false, false);

  /** Colours of text. */
  public enum Color {
    WHITE(""),
    GREEN("lime"),
    BLUE("blue"),
    CYAN("cyan"),
    RED("red"),
    YELLOW("yellow"),
    MAGENTA("magenta");

    private final String cssClass;

    Color(String cssClass) {
      this.cssClass = cssClass;
    }

    /** WebVTT's own class of this colour (WebVTT 5.1); empty for white, which is its default. */
    public String cssClass() {
      return cssClass;
    }
  }

  TextStyle withColor(Color newColor) {
    return new TextStyle(newColor, italic, underlined);
  }

  TextStyle with(boolean newItalic, boolean newUnderlined) {
    return new TextStyle(color, newItalic, newUnderlined);
  }
}
