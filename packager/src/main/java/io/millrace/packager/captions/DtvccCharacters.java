package io.millrace.packager.captions;

/** The characters of CTA-708 (7.1.4 to 7.1.10), told by their codes. */
final class DtvccCharacters {
  /** Stands for a character that is not known. */
  private static final char UNKNOWN = '_';

  private DtvccCharacters() {}

  /**
   * @param code 0x20 to 0x7F (G0) or 0xA0 to 0xFF (G1)
   */
  static char basic(int code) {
    return code == 0x7F ? '♪' : (char) code;
  }

  /**
   * @param code 0x20 to 0x7F (G2) or 0xA0 to 0xFF (G3), behind EXT1
   */
  static char extended(int code) {
    return switch (code) {
      case 0x20, 0x21 -> '\u00A0';
      case 0x25 -> '…';
      case 0x2A -> 'Š';
      case 0x2C -> 'Œ';
      case 0x30 -> '█';
      case 0x31 -> '‘';
      case 0x32 -> '’';
      case 0x33 -> '“';
      case 0x34 -> '”';
      case 0x35 -> '•';
      case 0x39 -> '™';
      case 0x3A -> 'š';
      case 0x3C -> 'œ';
      case 0x3D -> '℠';
      case 0x3F -> 'Ÿ';
      case 0x76 -> '⅛';
      case 0x77 -> '⅜';
      case 0x78 -> '⅝';
      case 0x79 -> '⅞';
      case 0x7A -> '│';
      case 0x7B -> '┐';
      case 0x7C -> '└';
      case 0x7D -> '─';
      case 0x7E -> '┘';
      case 0x7F -> '┌';
      default -> UNKNOWN;
    };
  }

  /** A character of 16 bits; what no text may hold is unknown. */
  static char wide(int code) {
    char character = (char) code;
    boolean isText =
        Character.isDefined(character)
            && !Character.isSurrogate(character)
            && !Character.isISOControl(character);
    return isText ? character : UNKNOWN;
  }
}
