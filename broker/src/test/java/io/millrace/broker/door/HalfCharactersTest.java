package io.millrace.broker.door;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfCharactersTest {
  private static String replaced(String json) {
    byte[] replaced = HalfCharacters.replaced(json.getBytes(UTF_8));
    return replaced == null ? "as it was" : new String(replaced, UTF_8);
  }

  @Test
  void onlyHalvesAreReplaced() {
    assertThat(replaced("\"\\ud83d\\ude00 \\u00e4 \\n\"")).isEqualTo("as it was");
    assertThat(replaced("\"\\\\ud800\"")).as("a backslash and a text").isEqualTo("as it was");
    assertThat(replaced("\"\\\\\\uD800\"")).isEqualTo("\"\\\\\\uffff\"");
    assertThat(replaced("\"\\ud83d\\ud83d\\ude00\"")).isEqualTo("\"\\uffff\\ud83d\\ude00\"");
    assertThat(replaced("\"\\ude00\\ud83d\"")).isEqualTo("\"\\uffff\\uffff\"");
    assertThat(replaced("\"\\ud83dz\\ude00\"")).isEqualTo("\"\\uffffz\\uffff\"");
    assertThat(replaced("\"\\ud83d\\u0041\"")).isEqualTo("\"\\uffff\\u0041\"");
    for (String end : new String[] {"\\", "\\u", "\\ud8", "\\ud80z", "\\ud83d\\ude0"}) {
      assertThat(replaced(end)).isIn("as it was", "\\uffff\\ude0");
    }
  }
}
