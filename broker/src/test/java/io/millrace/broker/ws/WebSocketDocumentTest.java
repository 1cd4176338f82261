package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.broker.door.Talk;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/websocket.md}, said in their order on one connection. */
class WebSocketDocumentTest {
  private final DoorsFixture fixture = new DoorsFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void theExamplesAreTrue() throws IOException {
    Talk talk = fixture.talk("");
    int checked = 0;
    for (String line : Files.readAllLines(document())) {
      if (line.startsWith("> ")) {
        talk.say(new JsonObject(line.substring(2)));
      } else if (line.startsWith("< ")) {
        JsonObject expected = new JsonObject(line.substring(2));
        JsonObject heard =
            talk.hear(
                frame ->
                    frame.getString("type").equals(expected.getString("type"))
                        && same(frame.getValue("id"), expected.getValue("id"))
                        && same(frame.getValue("sub"), expected.getValue("sub")));
        compare(heard, expected, line);
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(8);
  }

  private static boolean same(Object one, Object other) {
    return String.valueOf(one).equals(String.valueOf(other));
  }

  /** All but numbers and texts with an ellipsis, which are other ones each time. */
  private static void compare(Object heard, Object expected, String line) {
    switch (expected) {
      case JsonObject object -> {
        Set<String> names = ((JsonObject) heard).fieldNames();
        assertThat(names).as(line).isEqualTo(object.fieldNames());
        object.forEach(
            field ->
                compare(((JsonObject) heard).getValue(field.getKey()), field.getValue(), line));
      }
      case JsonArray array -> {
        assertThat(((JsonArray) heard)).as(line).hasSameSizeAs(array);
        for (int i = 0; i < array.size(); i++) {
          compare(((JsonArray) heard).getValue(i), array.getValue(i), line);
        }
      }
      case String text when text.contains("…") -> assertThat(heard).isInstanceOf(String.class);
      case Number number -> assertThat(heard).isInstanceOf(Number.class);
      default -> assertThat(heard).as(line).isEqualTo(expected);
    }
  }

  /** From the module's directory or from the repository's. */
  private static Path document() {
    return List.of(Path.of("../docs/websocket.md"), Path.of("docs/websocket.md")).stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }
}
