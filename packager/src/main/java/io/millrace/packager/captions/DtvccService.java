package io.millrace.packager.captions;

import io.millrace.packager.captions.TextStyle.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One service of CTA-708 (7 and 8): its codes, its eight windows, and the delay that holds codes
 * back. What WebVTT cannot show of pens and windows is left out.
 */
final class DtvccService implements CueLine.Screen {
  private static final int WINDOWS = 8;

  /** What a decoder holds back at least, and here at most (CTA-708 8.10.5.10). */
  private static final int MAX_DELAYED = 128;

  private static final int DELAY_CANCEL = 0x8E;
  private static final int RESET = 0x8F;

  private final boolean wide;
  private final CueLine cues = new CueLine(this);
  private final @Nullable DtvccWindow[] windows = new @Nullable DtvccWindow[WINDOWS];
  private final byte[] delayed = new byte[MAX_DELAYED];
  private int delayedLength;
  private long delayedUntil;
  private boolean isDelaying;
  private int current;
  private long damaged;

  DtvccService(boolean wide) {
    this.wide = wide;
  }

  CueLine cues() {
    return cues;
  }

  /** Codes that were cut off. */
  long damaged() {
    return damaged;
  }

  @Override
  public List<Caption> captions() {
    List<Caption> captions = new ArrayList<>();
    for (DtvccWindow window : windows) {
      if (window != null && window.isVisible()) {
        captions.addAll(window.captions());
      }
    }
    return captions;
  }

  @Override
  public void blank() {
    for (int i = 0; i < WINDOWS; i++) {
      windows[i] = null;
    }
  }

  /** Begins anew: codes were lost. */
  void reset(long now) {
    isDelaying = false;
    delayedLength = 0;
    cues.blank(now);
  }

  /** Time goes on: codes that were delayed until then take effect when they were to. */
  void tick(long now) {
    while (isDelaying && delayedUntil <= now) {
      endDelay(delayedUntil);
    }
    cues.tick(now);
  }

  /** Takes the codes of one block; none goes on in the next. */
  void codes(long now, byte[] data, int from, int until) {
    cues.touch(now);
    int at = from;
    while (at < until) {
      int length = length(data, at, until);
      if (length > until - at) {
        damaged++;
        return;
      }
      int code = data[at] & 0xFF;
      if (!isDelaying) {
        execute(now, code, data, at, length);
      } else if (code == RESET) {
        reset(now);
      } else if (code == DELAY_CANCEL) {
        endDelay(now);
      } else {
        delay(now, data, at, length);
      }
      at += length;
    }
  }

  private void delay(long now, byte[] data, int at, int length) {
    if (delayedLength + length > MAX_DELAYED) {
      endDelay(now);
      codes(now, data, at, at + length);
      return;
    }
    System.arraycopy(data, at, delayed, delayedLength, length);
    delayedLength += length;
  }

  private void endDelay(long now) {
    byte[] held = Arrays.copyOf(delayed, delayedLength);
    isDelaying = false;
    delayedLength = 0;
    codes(now, held, 0, held.length);
  }

  /**
   * Bytes of the code there with its parameters (7.1.1 to 7.1.11); more than there are if cut off.
   */
  private static int length(byte[] data, int at, int until) {
    int code = data[at] & 0xFF;
    if (code == 0x10) {
      return at + 1 < until ? 1 + extendedLength(data, at + 1, until) : 2;
    }
    if (code < 0x20) {
      return code < 0x10 ? 1 : code < 0x18 ? 2 : 3;
    }
    return switch (code) {
      case 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D -> 2;
      case 0x90, 0x92 -> 3;
      case 0x91 -> 4;
      case 0x97 -> 5;
      case 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F -> 7;
      default -> 1;
    };
  }

  private static int extendedLength(byte[] data, int at, int until) {
    int code = data[at] & 0xFF;
    if (code < 0x20) {
      return 1 + code / 8;
    }
    if (code >= 0x80 && code < 0x90) {
      return code < 0x88 ? 5 : 6;
    }
    if (code >= 0x90 && code < 0xA0) {
      return at + 1 < until ? 2 + (data[at + 1] & 0x3F) : 2;
    }
    return 1;
  }

  private void execute(long now, int code, byte[] data, int at, int length) {
    if (code == 0x10) {
      int extended = data[at + 1] & 0xFF;
      boolean isCharacter = (extended >= 0x20 && extended < 0x80) || extended >= 0xA0;
      if (isCharacter) {
        character(now, DtvccCharacters.extended(extended));
      }
    } else if (code < 0x20) {
      control(now, code, data, at);
    } else if (code < 0x80 || code >= 0xA0) {
      character(now, DtvccCharacters.basic(code));
    } else {
      command(now, code, data, at, length);
    }
  }

  private void character(long now, char character) {
    DtvccWindow window = windows[current];
    if (window != null) {
      window.write(character);
      written(now, window);
    }
  }

  private void control(long now, int code, byte[] data, int at) {
    if (code == 0x18) {
      character(now, DtvccCharacters.wide(((data[at + 1] & 0xFF) << 8) | (data[at + 2] & 0xFF)));
      return;
    }
    DtvccWindow window = windows[current];
    if (window == null) {
      return;
    }
    switch (code) {
      case 0x08 -> {
        window.backspace();
        written(now, window);
      }
      case 0x0C -> replace(now, window::formFeed);
      case 0x0D -> replace(now, window::carriageReturn);
      case 0x0E -> replace(now, window::clearRow);
      default -> {}
    }
  }

  /** Takes something away that may be shown. */
  private void replace(long now, Runnable change) {
    cues.settle();
    change.run();
    cues.replaced(now);
  }

  private void written(long now, DtvccWindow window) {
    if (window.isVisible()) {
      cues.written(now);
    }
  }

  private void command(long now, int code, byte[] data, int at, int length) {
    if (code <= 0x87) {
      current = windows[code & 7] == null ? current : code & 7;
    } else if (code <= 0x8C) {
      replace(now, () -> change(code, data[at + 1]));
    } else if (code == 0x8D) {
      isDelaying = true;
      delayedUntil = now + TimeUnit.MILLISECONDS.toNanos(100L * (data[at + 1] & 0xFF));
    } else if (code == RESET) {
      reset(now);
    } else if (code >= 0x98) {
      define(now, code & 7, data, at + 1);
    } else if (length > 1) {
      pen(now, code, data, at);
    }
  }

  private void define(long now, int number, byte[] data, int at) {
    DtvccWindow window = windows[number];
    if (window == null) {
      window = new DtvccWindow(wide);
      windows[number] = window;
    }
    current = number;
    DtvccWindow defined = window;
    replace(now, () -> defined.define(data, at));
  }

  /** A command to some of the windows, of which each has a bit. */
  private void change(int code, int bits) {
    for (int i = 0; i < WINDOWS; i++) {
      DtvccWindow window = windows[i];
      if (window == null || (bits >> i & 1) == 0) {
        continue;
      }
      switch (code) {
        case 0x88 -> window.clear();
        case 0x89 -> window.show(true);
        case 0x8A -> window.show(false);
        case 0x8B -> window.show(!window.isVisible());
        default -> windows[i] = null;
      }
    }
  }

  private void pen(long now, int code, byte[] data, int at) {
    DtvccWindow window = windows[current];
    if (window == null) {
      return;
    }
    switch (code) {
      case 0x90 -> window.penStyle((data[at + 2] & 0x80) != 0, (data[at + 2] & 0x40) != 0);
      case 0x91 -> window.penColor(color(data[at + 1]));
      case 0x92 -> window.penLocation(data[at + 1] & 0xF, data[at + 2] & 0x3F);
      default -> replace(now, () -> window.attributes(data[at + 3]));
    }
  }

  /** The nearest that WebVTT has; what is dark there is white, since its background is black. */
  private static Color color(int bits) {
    int nearest = (((bits >> 5) & 1) << 2) | (((bits >> 3) & 1) << 1) | ((bits >> 1) & 1);
    return switch (nearest) {
      case 1 -> Color.BLUE;
      case 2 -> Color.GREEN;
      case 3 -> Color.CYAN;
      case 4 -> Color.RED;
      case 5 -> Color.MAGENTA;
      case 6 -> Color.YELLOW;
      default -> Color.WHITE;
    };
  }
}
