package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Message;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessageLineTest {
  @Test
  void aTerminalIsNotToldToDoAnything() {
    assertThat(MessageLine.harmless("a\tb \u001b]0;title\u0007 \u009b31m \u202egnp.\u007f ä€😀"))
        .isEqualTo("a\tb \\u001b]0;title\\u0007 \\u009b31m \\u202egnp.\\u007f ä€😀");
  }

  @Test
  void aJsonLineStaysWhatItSays() {
    Message message =
        new Message(
            "public/a",
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            "x\u001b\u009b\u202e".getBytes(StandardCharsets.UTF_8));
    String harmless = MessageLine.harmless(MessageLine.json(message));

    assertThat(harmless).matches("[ -~]*");
    assertThat(new JsonObject(harmless).getString("text")).isEqualTo("x\u001b\u009b\u202e");
  }
}
