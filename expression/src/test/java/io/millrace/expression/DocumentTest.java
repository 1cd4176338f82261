package io.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Clips;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/expressions.md tells the truth. */
class DocumentTest {
  private static final Path DOCUMENT = Clips.repositoryRoot().resolve("docs/expressions.md");
  private static final Pattern EXAMPLE =
      Pattern.compile("(?m)^\\| `([^`]*)` \\| ((?:true|false|error|refused).*) \\|$");
  private static final Pattern PAYLOAD = Pattern.compile("(?s)```json\\n(.*?)```");

  @TestFactory
  Stream<DynamicTest> anExampleGivesWhatIsSaid() throws IOException {
    String document = Files.readString(DOCUMENT);
    Subject message = message(document);
    Matcher example = EXAMPLE.matcher(document);
    List<DynamicTest> tests = new ArrayList<>();
    while (example.find()) {
      String filter = example.group(1).replace("\\|", "|");
      String gives = example.group(2);
      tests.add(
          DynamicTest.dynamicTest(
              filter, () -> assertThat(result(filter, message)).isEqualTo(gives)));
    }
    assertThat(tests).hasSizeGreaterThan(20);
    return tests.stream();
  }

  @Test
  void theFilterAtTheTopIsAFilter() throws IOException {
    String filter =
        Files.readAllLines(DOCUMENT).stream()
            .filter(line -> line.startsWith("    "))
            .findFirst()
            .orElseThrow();
    assertThat(result(filter, message(Files.readString(DOCUMENT)))).isEqualTo("true");
  }

  @Test
  void everyVariableAndEveryLimitIsNamed() throws IOException {
    String document = Files.readString(DOCUMENT);
    Vocabulary.MESSAGE
        .variables()
        .forEach(
            (name, type) -> assertThat(document).contains("| `" + name + "` | " + type + " |"));
    assertThat(document)
        .contains(
            "| characters of a filter | " + String.format("%,d", Expression.MAX_LENGTH),
            "| values, operators and calls | " + String.format("%,d", Expression.MAX_NODES),
            "| depth | " + Expression.MAX_DEPTH,
            "and " + Expression.SCAN_COST + " more for each",
            "| " + String.format("%,d", Expression.MAX_COST) + " |",
            (Json.MAX_BYTES >> 10) + " KiB of it and " + Json.MAX_DEPTH + " levels deep");
  }

  private static String result(String filter, Subject message) {
    try {
      Object value = Expression.parse(filter).evaluate(message);
      return value instanceof Failure failure ? "error: " + failure.words() : value.toString();
    } catch (ExpressionException e) {
      return "refused: " + e.getMessage();
    }
  }

  private static Subject message(String document) {
    Matcher payload = PAYLOAD.matcher(document);
    assertThat(payload.find()).isTrue();
    Map<String, Object> values =
        Map.of(
            "topic",
            "plant/7/line/3",
            "headers",
            Map.of("ce_type", "com.acme.alarm", "priority", "5"),
            "contentType",
            "application/json",
            "time",
            1_700_000_000_000L,
            "payload",
            Json.of(payload.group(1).getBytes(StandardCharsets.UTF_8)));
    return values::get;
  }
}
