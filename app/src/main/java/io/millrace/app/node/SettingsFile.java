package io.millrace.app.node;

import io.millrace.config.ConfigException;
import io.millrace.config.ConfigProblem;
import io.millrace.config.FileFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the configuration file: YAML 1.2, one map, no key twice. */
public final class SettingsFile {
  private static final int MAX_BYTES = 1 << 20;

  private SettingsFile() {}

  /**
   * @throws ConfigException when the file is missing, unreadable, no YAML or not a map
   */
  public static Map<String, Object> read(Path file) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file.toString())
            .setAllowDuplicateKeys(false)
            .setCodePointLimit(MAX_BYTES)
            .build();
    Object tree;
    try (InputStream in = Files.newInputStream(file)) {
      // Read before it is parsed, or what cannot be read would be told as bad YAML.
      byte[] text = in.readNBytes(2 * MAX_BYTES);
      tree = new Load(settings).loadFromInputStream(new ByteArrayInputStream(text));
    } catch (NoSuchFileException e) {
      throw problem(file, "there is no such file");
    } catch (IOException e) {
      throw problem(file, "cannot be read: " + FileFailure.reason(e));
    } catch (YamlEngineException e) {
      throw problem(file, "is not valid YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      // The parser calls itself for each level and knows no limit.
      throw problem(file, "is nested too deeply");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((key, value) -> result.put(String.valueOf(key), value));
    } else if (tree != null) {
      throw problem(file, "must hold keys, not one value");
    }
    return result;
  }

  private static ConfigException problem(Path file, String message) {
    return new ConfigException(List.of(new ConfigProblem(file.toString(), message)));
  }
}
