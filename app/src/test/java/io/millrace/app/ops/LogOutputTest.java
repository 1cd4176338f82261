package io.millrace.app.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Program;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogOutputTest {
  @Test
  void everyLineOfBothOutputsIsOneJsonObjectWhoeverWroteIt() {
    Program.Result result = run(EveryVoiceForTest.class);

    List<JsonObject> output = result.text().lines().map(JsonObject::new).toList();
    List<JsonObject> errors = result.errors().lines().map(JsonObject::new).toList();
    assertThat(output)
        .extracting(line -> line.getString("message"))
        .containsExactly(
            "from standard output: ü \"quoted\" http://a/b", "last words, without an end of line");
    assertThat(result.text()).as("addresses can be found in it").contains("http://a/b");
    assertThat(errors)
        .extracting(line -> line.getString("loggerName"))
        .containsExactly(
            "ours",
            "org.postgresql.Driver",
            "io.netty.Test",
            "io.vertx.Test",
            "stderr",
            "stderr",
            "uncaught");
    assertThat(errors)
        .extracting(LogOutputTest::words)
        .containsExactly(
            "from slf4j",
            "from jul",
            "from netty",
            "from vertx",
            "from",
            "standard error",
            "a thread ended by an exception");
    assertThat(errors.getLast().getJsonObject("throwable").encode())
        .contains("from a thread that died");
  }

  private static String words(JsonObject line) {
    return line.getString("formattedMessage", line.getString("message"));
  }

  private static Program.Result run(Class<?> main) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            // The program's own, not that of tests.
            "-Dlogback.configurationFile=logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName());
    try (Program program = Program.start(command, Map.of(), Path.of(""))) {
      return program.await(Duration.ofSeconds(30));
    }
  }
}
