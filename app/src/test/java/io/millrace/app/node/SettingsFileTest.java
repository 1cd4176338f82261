package io.millrace.app.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
  @TempDir Path folder;

  @Test
  void readsMapsListsAndScalars() throws IOException {
    assertThat(SettingsFile.read(file("roles: [edge]\nhttp:\n  port: 80\n")))
        .isEqualTo(Map.of("roles", java.util.List.of("edge"), "http", Map.of("port", 80)));
  }

  @Test
  void anEmptyFileSetsNothing() throws IOException {
    assertThat(SettingsFile.read(file("# nothing yet\n"))).isEmpty();
  }

  @Test
  void namesAMissingFile() {
    refuses(folder.resolve("none.yaml"), "there is no such file");
  }

  @Test
  void namesADirectoryInPlaceOfAFile() {
    refuses(folder, "cannot be read: it is a directory");
  }

  @Test
  void refusesWhatIsNoYaml() throws IOException {
    refuses(file("http: [1\n"), "is not valid YAML");
  }

  @Test
  void refusesAKeyThatStandsTwice() throws IOException {
    refuses(file("http:\n  port: 1\n  port: 2\n"), "duplicate key port");
  }

  @Test
  void refusesOneValueInPlaceOfKeys() throws IOException {
    refuses(file("- a\n- b\n"), "must hold keys");
    refuses(file("just words\n"), "must hold keys");
  }

  @Test
  void refusesAnEndlessFile() throws IOException {
    refuses(file("a: " + "x".repeat(2 << 20) + "\n"), "is not valid YAML");
  }

  @Test
  void refusesWhatIsNestedWithoutAnEnd() throws IOException {
    refuses(file("a: " + "[".repeat(100_000)), "is nested too deeply");
  }

  @Test
  void refusesTypesOfTheLanguage() throws IOException {
    refuses(file("a: !!java.net.URL [http://localhost/]\n"), "is not valid YAML");
  }

  private static void refuses(Path file, String words) {
    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> {
              assertThat(e.problems()).hasSize(1);
              assertThat(e.problems().getFirst().path()).isEqualTo(file.toString());
              assertThat(e.problems().getFirst().message()).contains(words);
            });
  }

  private Path file(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "settings", ".yaml"), text);
  }
}
