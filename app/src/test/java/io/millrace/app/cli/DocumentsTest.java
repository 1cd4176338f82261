package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.access.PublishLimits;
import io.millrace.access.TopicCapabilities;
import io.millrace.access.TopicPattern;
import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.SettingsFile;
import io.millrace.config.ConfigEntry;
import io.millrace.config.Configuration;
import io.millrace.testkit.Clips;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.MissingParameterException;

/** What the documents show can be done as it stands there. */
class DocumentsTest {
  private static final Path ROOT = Clips.repositoryRoot();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");
  private static final Pattern JSON = Pattern.compile("(?ms)^```json\\n(.*?)^```");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^    (?:\\./|bin/)?millrace (.*)$|`(?:\\./|bin/)?millrace ([^`]*)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");

  @TempDir Path folder;

  @Test
  void theSampleHasEverySettingWithItsDefault() {
    Configuration sample =
        new Configuration(
            SettingsFile.read(ROOT.resolve("docs/millrace.yaml")), Map.of(), Map.of());
    Configuration defaults = new Configuration(Map.of(), Map.of(), Map.of());
    NodeSettings.read(sample.root());
    NodeSettings.read(defaults.root());

    assertThat(sample.problems()).isEmpty();
    assertThat(values(sample)).isEqualTo(values(defaults));
    Map<String, Object> tree = SettingsFile.read(ROOT.resolve("docs/millrace.yaml"));
    assertThat(defaults.entries())
        .allSatisfy(entry -> assertThat(has(tree, entry.path())).as(entry.path()).isTrue());
  }

  @TestFactory
  Stream<DynamicTest> settingsThatAreShownCanBeUsed() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : documents()) {
      Matcher block = BLOCK.matcher(Files.readString(document));
      while (block.find()) {
        String yaml = block.group(1);
        tests.add(
            DynamicTest.dynamicTest(
                document.getFileName() + ": " + yaml.lines().findFirst().orElse(""),
                () -> {
                  Path file = Files.writeString(folder.resolve("block.yaml"), yaml);
                  Configuration shown =
                      new Configuration(SettingsFile.read(file), Map.of(), Map.of());
                  NodeSettings.read(shown.root());
                  assertThat(shown.problems()).isEmpty();
                }));
      }
    }
    assertThat(tests).hasSizeGreaterThan(3);
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> commandsThatAreShownAreUnderstood() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : documents()) {
      Matcher command = COMMAND.matcher(Files.readString(document));
      while (command.find()) {
        boolean whole = command.group(1) != null;
        String line = whole ? command.group(1) : command.group(2);
        tests.add(
            DynamicTest.dynamicTest(
                document.getFileName() + ": millrace " + line,
                () -> assertThat(understood(line, whole)).isTrue()));
      }
    }
    assertThat(tests).hasSizeGreaterThan(3);
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> whatIsLinkedExists() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://")) {
          tests.add(
              DynamicTest.dynamicTest(
                  ROOT.relativize(document) + " -> " + target,
                  () -> assertThat(document.resolveSibling(target)).exists()));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(3);
    return tests.stream();
  }

  /** The rows of the table are patterns, its columns topics and filters. */
  @Test
  void theTableOfPatternsIsTrue() throws IOException {
    List<List<String>> table =
        Files.readAllLines(ROOT.resolve("docs/access.md")).stream()
            .dropWhile(line -> !line.startsWith("| pattern |"))
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> List.of(line.replace("`", "").substring(1).split("\\|", -1)))
            .map(
                cells -> cells.stream().map(String::strip).filter(cell -> !cell.isEmpty()).toList())
            .toList();
    assertThat(table).hasSizeGreaterThan(5);
    List<String> asked = table.getFirst();
    for (List<String> row : table.subList(2, table.size())) {
      TopicPattern pattern = TopicPattern.parse(row.getFirst()).orElseThrow();
      for (int i = 1; i < row.size(); i++) {
        String[] filter = asked.get(i).split("/", 2);
        assertThat(pattern.covers(filter[0], filter[1]) ? "yes" : "no")
            .as(pattern + " and " + asked.get(i))
            .isEqualTo(row.get(i));
      }
    }
  }

  /** What the documents show of tokens and of the callback's answer says something. */
  @Test
  void theTopicsThatAreShownInJsonAreCapabilities() throws IOException {
    Matcher block = JSON.matcher(Files.readString(ROOT.resolve("docs/access.md")));
    int shown = 0;
    while (block.find()) {
      JsonObject json = new JsonObject(block.group(1));
      JsonObject claims = json.getJsonObject("millrace", json);
      if (claims.containsKey("topics")) {
        shown++;
        List<String> problems = new ArrayList<>();
        TopicCapabilities topics =
            TopicCapabilities.read(
                claims.getJsonObject("topics").getMap(),
                (field, problem) -> problems.add(field + " " + problem));
        PublishLimits.read(
            claims.getJsonObject("limits", new JsonObject()).getMap(),
            (field, problem) -> problems.add(field + " " + problem));
        assertThat(problems).isEmpty();
        assertThat(topics.isEmpty()).isFalse();
      }
    }
    assertThat(shown).isEqualTo(2);
  }

  /** Throws what is wrong with a line; a mention within a sentence may leave parameters out. */
  private static boolean understood(String line, boolean whole) {
    try {
      MillraceCommand.commandLine().parseArgs(line.strip().split("\\s+"));
      return true;
    } catch (MissingParameterException e) {
      return !whole;
    }
  }

  /** README.md and docs/. */
  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static Map<String, String> values(Configuration configuration) {
    return configuration.entries().stream()
        .collect(Collectors.toMap(ConfigEntry::path, ConfigEntry::value));
  }

  private static boolean has(Map<?, ?> tree, String path) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return tree.containsKey(path);
    }
    return tree.get(path.substring(0, dot)) instanceof Map<?, ?> child
        && has(child, path.substring(dot + 1));
  }
}
