package io.millrace.app.cli;

import io.millrace.app.node.NamedFiles;
import io.millrace.app.node.NodeSettings;
import io.millrace.app.node.Role;
import io.millrace.app.node.SettingsFile;
import io.millrace.config.ConfigEntry;
import io.millrace.config.Configuration;
import io.millrace.config.MemoryBounds;
import io.millrace.config.ValueText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that reads the server's settings. */
final class ServerOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings, as YAML (default: none, every setting has a default)")
  @Nullable Path file;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      split = ",",
      description = "roles of this node: ${COMPLETION-CANDIDATES} (default: all)")
  List<Role> roles = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where everything is kept (default: millrace-data in the current directory)")
  @Nullable Path data;

  @Option(
      names = "--tls",
      paramLabel = "self-signed",
      description = "self-signed: HTTPS with a certificate made here, for trying things out")
  @Nullable String tls;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "text for people, json for machines (default: text on a terminal, else json)")
  @Nullable LogFormat logFormat;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Where the command prints. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Says that the command cannot be run like this. */
  ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Reads file, environment and options into settings, and reports every problem at once. */
  NodeSettings settings() {
    return settings(configuration());
  }

  /**
   * As {@link #settings()}, with other defaults.
   *
   * @param defaults by dotted path; what the user has set counts more
   */
  NodeSettings settings(Map<String, String> defaults) {
    Configuration plain = configuration();
    NodeSettings.read(plain.root());
    Map<String, String> all = given();
    plain.entries().stream()
        .filter(entry -> entry.origin() == ConfigEntry.Origin.DEFAULT)
        .map(ConfigEntry::path)
        .filter(defaults::containsKey)
        .forEach(path -> all.put(path, defaults.getOrDefault(path, "")));
    return settings(configuration(all));
  }

  private static NodeSettings settings(Configuration configuration) {
    NodeSettings settings = NodeSettings.read(configuration.root());
    NamedFiles.check(configuration.root(), settings);
    configuration.check();
    return settings;
  }

  Configuration configuration() {
    return configuration(given());
  }

  private Configuration configuration(Map<String, String> commandLine) {
    return new Configuration(
        Optional.ofNullable(file).map(SettingsFile::read).orElse(Map.of()),
        Environment.settings(),
        commandLine,
        MemoryBounds.here());
  }

  private Map<String, String> given() {
    Map<String, String> given = new TreeMap<>();
    Optional.ofNullable(data).ifPresent(dir -> given.put("data.dir", dir.toString()));
    Optional.ofNullable(tls).ifPresent(mode -> given.put("http.tls.mode", mode));
    if (!roles.isEmpty()) {
      given.put("roles", String.join(",", roles.stream().map(ValueText::word).toList()));
    }
    return given;
  }
}
