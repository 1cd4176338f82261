package io.millrace.app.ops;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Hands over what is written to it line by line, as UTF-8; empty lines are left out and long ones
 * cut. Thread-safe, but lines of two writers may mix.
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
      String whole = line.toString(StandardCharsets.UTF_8).strip();
      line.reset();
      if (!whole.isEmpty()) {
        lines.accept(whole);
      }
    } else if (line.size() < LONGEST_BYTES) {
      line.write(b);
    }
  }
}
