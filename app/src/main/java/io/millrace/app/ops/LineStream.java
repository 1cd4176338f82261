package io.millrace.app.ops;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Hands over what is written to it line by line, as UTF-8; empty lines are left out and long ones
 * cut, between characters. Thread-safe, but lines of two writers may mix.
 */
final class LineStream extends OutputStream {
  private static final int LONGEST_BYTES = 8192;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);

  LineStream(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public synchronized void write(int b) {
    if (b == '\n') {
      end();
    } else if (line.size() < LONGEST_BYTES) {
      line.write(b);
    }
  }

  /** Hands over a line that nobody has ended yet. Not what closing does: consoles stay open. */
  synchronized void end() {
    byte[] bytes = line.toByteArray();
    line.reset();
    String whole = new String(bytes, 0, wholeCharacters(bytes), StandardCharsets.UTF_8).strip();
    if (!whole.isEmpty()) {
      lines.accept(whole);
    }
  }

  /** How many of the bytes are whole characters (RFC 3629 3): the last may have been cut. */
  private static int wholeCharacters(byte[] bytes) {
    if (bytes.length < LONGEST_BYTES) {
      return bytes.length;
    }
    int lead = bytes.length - 1;
    while (lead > 0 && (bytes[lead] & 0xC0) == 0x80) {
      lead--;
    }
    int first = bytes[lead] & 0xFF;
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return lead + length > bytes.length ? lead : bytes.length;
  }
}
