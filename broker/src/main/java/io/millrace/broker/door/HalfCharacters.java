package io.millrace.broker.door;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.jspecify.annotations.Nullable;

/**
 * Surrogates without their other half: JSON's escapes can write them and no UTF-8 has them. The
 * parser stops at one in a field's name, and takes it for a character in a text.
 */
final class HalfCharacters {
  /** No character, and never one: it stands where the parser is not to stop. */
  static final char STAND_IN = '\uFFFF';

  private static final int ESCAPE = 6;

  private HalfCharacters() {}

  static boolean isIn(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** The same JSON, byte for byte, with {@link #STAND_IN} for each; null where there is none. */
  static byte @Nullable [] replaced(byte[] json) {
    byte[] replaced = null;
    for (int i = 0; i < json.length; i++) {
      if (json[i] != '\\') {
        continue;
      }
      int unit = escaped(json, i);
      if (unit < 0) {
        i++;
      } else if (Character.isHighSurrogate((char) unit) && isLow(escaped(json, i + ESCAPE))) {
        i += 2 * ESCAPE - 1;
      } else {
        if (Character.isSurrogate((char) unit)) {
          replaced = replaced == null ? json.clone() : replaced;
          System.arraycopy("\\uffff".getBytes(US_ASCII), 0, replaced, i, ESCAPE);
        }
        i += ESCAPE - 1;
      }
    }
    return replaced;
  }

  private static boolean isLow(int unit) {
    return unit >= 0 && Character.isLowSurrogate((char) unit);
  }

  /** The UTF-16 unit that an escape writes; negative where there is no such escape. */
  private static int escaped(byte[] json, int at) {
    if (at + ESCAPE > json.length || json[at] != '\\' || json[at + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + ESCAPE; i++) {
      int digit = Character.digit(json[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }
}
