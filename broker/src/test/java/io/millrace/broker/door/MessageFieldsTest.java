package io.millrace.broker.door;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MessageFieldsTest {
  @Test
  void onlyWhatIsUtf8IsText() {
    assertThat(MessageFields.text("gr\u00fcn \ud83d\ude00".getBytes(UTF_8)))
        .isEqualTo("gr\u00fcn \ud83d\ude00");
    assertThat(MessageFields.text(new byte[] {'a', (byte) 0xc3})).isNull();
    assertThat(MessageFields.text(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})).isNull();
  }

  @Test
  void theSignThatStandsForWhatIsNoTextMayBeThereItself() {
    assertThat(MessageFields.text("a\ufffdb".getBytes(UTF_8))).isEqualTo("a\ufffdb");
  }
}
