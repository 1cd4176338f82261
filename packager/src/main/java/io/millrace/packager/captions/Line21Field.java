package io.millrace.packager.captions;

/**
 * One field's byte pairs (CTA-608; 47 CFR 15.119): parity, codes that are sent twice, and which of
 * two channels is spoken to. Extended data services are left out.
 */
final class Line21Field {
  private static final int FIRST_CONTROL = 0x10;
  private static final int LAST_CONTROL = 0x1F;
  private static final int FIRST_CHARACTER = 0x20;
  private static final int SECOND_CHANNEL = 0x08;
  private static final int NONE = -1;

  private final Line21Channel[] channels;
  private int lastControl;
  private int current = NONE;
  private boolean extendedData;
  private long damaged;

  Line21Field(Line21Channel first, Line21Channel second) {
    channels = new Line21Channel[] {first, second};
  }

  /** Pairs of wrong parity. */
  long damaged() {
    return damaged;
  }

  /** Begins anew. */
  void reset() {
    lastControl = 0;
    current = NONE;
    extendedData = false;
  }

  /**
   * Takes two bytes as they were sent. Null pairs are nothing, also between a code and its
   * repetition. Of a pair whose first byte is damaged nothing is known; a damaged second character
   * is shown as a block.
   */
  void pair(long now, int first, int second) {
    int one = first & 0x7F;
    int two = second & 0x7F;
    if (one == 0 && two == 0) {
      return;
    }
    boolean isSecondWhole = hasOddParity(second);
    if (!hasOddParity(first) || (!isSecondWhole && one < FIRST_CHARACTER)) {
      damaged++;
      return;
    }
    if (one >= FIRST_CHARACTER) {
      damaged += isSecondWhole ? 0 : 1;
      characters(now, one, isSecondWhole ? two : 0x7F);
    } else if (one >= FIRST_CONTROL) {
      extendedData = false;
      control(now, one, two);
    } else if (one > 0) {
      extendedData = one != 0x0F;
    }
  }

  private void characters(long now, int one, int two) {
    lastControl = 0;
    if (extendedData || current == NONE) {
      return;
    }
    channels[current].character(now, Line21Characters.basic(one));
    if (two >= FIRST_CHARACTER) {
      channels[current].character(now, Line21Characters.basic(two));
    }
  }

  /** A code is the repetition of one that is the same, and then the next is a code again. */
  private void control(long now, int one, int two) {
    int code = one << 8 | two;
    boolean isRepetition = code == lastControl;
    lastControl = isRepetition ? 0 : code;
    if (isRepetition || two < FIRST_CHARACTER || one > LAST_CONTROL) {
      return;
    }
    current = (one & SECOND_CHANNEL) == 0 ? 0 : 1;
    Line21Channel channel = channels[current];
    int set = one & ~SECOND_CHANNEL;
    if (two >= 0x40) {
      channel.preamble(now, set, two);
      return;
    }
    switch (set) {
      case 0x11 -> {
        if (two < 0x30) {
          channel.midRow(now, two);
        } else {
          channel.character(now, Line21Characters.special(two));
        }
      }
      case 0x12, 0x13 -> channel.extended(now, Line21Characters.extended(set, two));
      case 0x14, 0x15 -> channel.command(now, two);
      case 0x17 -> channel.tab(now, two);
      default -> {}
    }
  }

  private static boolean hasOddParity(int value) {
    return (Integer.bitCount(value & 0xFF) & 1) == 1;
  }
}
