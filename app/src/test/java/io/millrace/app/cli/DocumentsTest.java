package io.millrace.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.SettingsFile;
import io.millrace.config.ConfigEntry;
import io.millrace.config.Configuration;
import io.millrace.testkit.Clips;
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
