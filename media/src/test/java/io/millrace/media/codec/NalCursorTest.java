package io.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NalCursorTest {
  private final NalCursor cursor = new NalCursor();

  @Test
  void stopsAtEveryUnitThatIsNotEmpty() {
    Buffer data = Buffer.buffer(new byte[] {0, 0, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 2, 5, 1});
    assertThat(units(data)).containsExactly("9 at 4: 1", "5 at 13: 2");
  }

  @Test
  void endsBeforeAUnitThatDoesNotFit() {
    Buffer whole = Buffer.buffer(new byte[] {0, 0, 0, 1, 9, 0, 0, 0, 3, 5, 1});
    assertThat(units(whole)).containsExactly("9 at 4: 1");
    Buffer negative = Buffer.buffer(new byte[] {-1, -1, -1, -1, 9, 9});
    assertThat(units(negative)).isEmpty();
    assertThat(cursor.next()).isFalse();
  }

  @Test
  void staysWithinAnyBytes() {
    Seeds.forEach(
        500,
        random -> {
          byte[] bytes = new byte[random.nextInt(40)];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
          }
          cursor.over(Buffer.buffer(bytes));
          int before = 0;
          while (cursor.next()) {
            assertThat(cursor.from()).isGreaterThan(before);
            assertThat(cursor.length()).isBetween(1, bytes.length - cursor.from());
            before = cursor.from();
          }
        });
  }

  private List<String> units(Buffer data) {
    List<String> units = new ArrayList<>();
    cursor.over(data);
    while (cursor.next()) {
      units.add(cursor.header() + " at " + cursor.from() + ": " + cursor.length());
    }
    return units;
  }
}
