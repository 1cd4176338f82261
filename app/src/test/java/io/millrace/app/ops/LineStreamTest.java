package io.millrace.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineStreamTest {
  private final List<String> lines = new ArrayList<>();
  private final LineStream stream = new LineStream(lines::add);

  @Test
  void aLineThatNobodyEndedIsHandedOverOnce() throws IOException {
    write("first\nsecond");
    assertThat(lines).containsExactly("first");
    stream.end();
    stream.end();
    assertThat(lines).containsExactly("first", "second");
  }

  @Test
  void aLongLineIsCutBetweenCharacters() throws IOException {
    for (String character : List.of("a", "ü", "€", "😀")) {
      for (int shift = 0; shift < 4; shift++) {
        lines.clear();
        write("x".repeat(shift) + character.repeat(9000) + "\n");
        int room = 8192 - shift;
        int bytes = character.getBytes(StandardCharsets.UTF_8).length;
        assertThat(lines)
            .as("%s behind %d bytes", character, shift)
            .containsExactly("x".repeat(shift) + character.repeat(room / bytes));
      }
    }
  }

  private void write(String text) throws IOException {
    stream.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
