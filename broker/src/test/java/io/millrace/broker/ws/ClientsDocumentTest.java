package io.millrace.broker.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.door.DoorsFixture;
import io.millrace.testkit.Program;
import io.millrace.testkit.program.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of {@code docs/clients.md}, compiled and run: what they print is what the comment at
 * the end of the line says.
 */
class ClientsDocumentTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final Pattern PRINTED =
      Pattern.compile("(?:System\\.out\\.println|console\\.log|\\.close\\(\\);).*// (\\S.*)");

  private final DoorsFixture fixture = new DoorsFixture();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    fixture.close();
  }

  private String address() {
    return "ws://127.0.0.1:" + fixture.listener.port() + "/ws";
  }

  /** Blocks of a language. */
  private static List<String> blocks(String language) {
    Path document =
        Stream.of(Path.of("../docs/clients.md"), Path.of("docs/clients.md"))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    try {
      return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
          .matcher(Files.readString(document))
          .results()
          .map(found -> found.group(1))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> expected(List<String> blocks) {
    return blocks.stream()
        .flatMap(String::lines)
        .flatMap(line -> PRINTED.matcher(line).results())
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void theExamplesInJavaAreTrue() throws Exception {
    List<String> blocks = blocks("java");
    StringBuilder source =
        new StringBuilder(
            """
            import io.millrace.client.*;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;

            public class Examples {
            """);
    for (int i = 0; i < blocks.size(); i++) {
      source
          .append("  public static void run" + i)
          .append("(String address, String key, List<String> shown) throws Exception {\n")
          .append(blocks.get(i).replace("System.out.println(", "shown.add(\"\" + "))
          .append("  }\n");
    }
    Path file = Files.writeString(folder.resolve("Examples.java"), source.append("}\n"));
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                file.toString());
    assertThat(compiled).as(source.toString()).isZero();
    List<String> shown = new ArrayList<>();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      for (int i = 0; i < blocks.size(); i++) {
        loader
            .loadClass("Examples")
            .getMethod("run" + i, String.class, String.class, List.class)
            .invoke(null, address(), "all", shown);
      }
    }
    assertThat(shown).isEqualTo(expected(blocks)).hasSizeGreaterThan(4);
  }

  @Test
  void theExamplesInJavaScriptAreTrue() throws IOException {
    String node = Tools.require("node");
    List<String> blocks = blocks("js");
    List<String> shown = new ArrayList<>();
    Path module =
        Path.of(
            String.valueOf(
                JavaScriptClientTest.directory().resolve("src/main/resources/client/millrace.js")));
    for (String block : blocks) {
      Path script =
          Files.writeString(
              folder.resolve("example.mjs"),
              "const [address, key] = process.argv.slice(2);\n"
                  + block.replace(
                      "http://localhost:8080/client/millrace.js", module.toUri().toString()));
      try (Program program =
          Program.start(
              List.of(
                  node,
                  "--experimental-websocket",
                  "--no-warnings",
                  script.toString(),
                  address(),
                  "all"),
              Map.of(),
              folder)) {
        shown.addAll(program.await(DEADLINE).orFail().text().lines().toList());
      }
    }
    assertThat(shown).isEqualTo(expected(blocks)).hasSizeGreaterThan(4);
  }
}
