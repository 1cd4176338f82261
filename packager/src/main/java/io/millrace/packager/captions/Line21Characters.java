package io.millrace.packager.captions;

/** The characters of CTA-608 (annex 6.4.2; 47 CFR 15.119 (g)), told by the codes without parity. */
final class Line21Characters {
  /** What a character becomes that came in damaged. */
  static final char SOLID_BLOCK = '\u2588';

  private static final String SPECIAL = "®°½¿™¢£♪à\u00A0èâêîôû";
  private static final String SPANISH_AND_FRENCH = "ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»";
  private static final String PORTUGUESE_AND_GERMAN = "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘";

  private Line21Characters() {}

  /**
   * @param code 0x20 to 0x7F
   */
  static char basic(int code) {
    return switch (code) {
      case 0x27 -> '’';
      case 0x2A -> 'á';
      case 0x5C -> 'é';
      case 0x5E -> 'í';
      case 0x5F -> 'ó';
      case 0x60 -> 'ú';
      case 0x7B -> 'ç';
      case 0x7C -> '÷';
      case 0x7D -> 'Ñ';
      case 0x7E -> 'ñ';
      case 0x7F -> SOLID_BLOCK;
      default -> (char) code;
    };
  }

  /**
   * @param code 0x30 to 0x3F, behind 0x11
   */
  static char special(int code) {
    return SPECIAL.charAt(code - 0x30);
  }

  /**
   * @param set 0x12 or 0x13
   * @param code 0x20 to 0x3F
   */
  static char extended(int set, int code) {
    return (set == 0x12 ? SPANISH_AND_FRENCH : PORTUGUESE_AND_GERMAN).charAt(code - 0x20);
  }
}
