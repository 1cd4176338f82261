package io.millrace.config;

import io.millrace.config.ConfigEntry.Origin;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One map of the configuration tree. Each method reads one key: the command line's value, else the
 * environment's, else the file's, else the default. A value that cannot be used adds a problem,
 * even where another one overrides it, so that reading goes on and everything wrong is reported
 * together.
 */
public final class ConfigSection {
  private final Configuration configuration;
  private final String path;
  private final Map<String, Object> values;
  private final MemoryBounds memory;

  ConfigSection(
      Configuration configuration, String path, Map<String, Object> values, MemoryBounds memory) {
    this.configuration = configuration;
    this.path = path;
    this.values = values;
    this.memory = memory;
  }

  /** The same of what does not run in this process: its memory is not this process's. */
  public ConfigSection elsewhere() {
    return new ConfigSection(configuration, path, values, MemoryBounds.NONE);
  }

  /** Dotted keys from the root to here; empty for the root. */
  public String path() {
    return path;
  }

  /** The map under a key; an empty one where there is none. */
  public ConfigSection section(String key) {
    configuration.know(path, key);
    String at = Configuration.join(path, key);
    Object value = values.get(key);
    if (value == null) {
      return new ConfigSection(configuration, at, Map.of(), memory);
    }
    if (value instanceof Map<?, ?> map) {
      return new ConfigSection(configuration, at, Configuration.stringKeys(map), memory);
    }
    configuration.problem(at, "must hold keys of its own, not '" + value + "'");
    return new ConfigSection(configuration, at, Map.of(), memory);
  }

  /** The maps under a key whose own keys are names that the user chooses, in file order. */
  public Map<String, ConfigSection> named(String key) {
    ConfigSection section = section(key);
    Map<String, ConfigSection> result = new LinkedHashMap<>();
    section.values.keySet().forEach(name -> result.put(name, section.section(name)));
    return result;
  }

  /** The keys that are given here, in file order, known or not. */
  public Set<String> given() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** The maps in the list under a key. */
  public List<ConfigSection> list(String key) {
    configuration.know(path, key);
    String at = Configuration.join(path, key);
    Object value = values.get(key);
    if (value == null) {
      return List.of();
    }
    List<ConfigSection> result = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        String item = at + "[" + i + "]";
        if (list.get(i) instanceof Map<?, ?> map) {
          result.add(new ConfigSection(configuration, item, Configuration.stringKeys(map), memory));
        } else {
          configuration.problem(item, "must hold keys of its own, not '" + list.get(i) + "'");
        }
      }
    } else {
      configuration.problem(at, "must be a list");
    }
    return result;
  }

  /** Plain text. */
  public String string(String key, String fallback) {
    return read(key, fallback, Function.identity(), Function.identity());
  }

  /** Plain text that may be absent. */
  public Optional<String> optional(String key) {
    return optional(key, Function.identity(), Function.identity());
  }

  /** A secret that may be absent; shown as {@code ***}. */
  public Optional<Secret> secret(String key) {
    return optional(key, Secret::new, Secret::toString);
  }

  /** A file or directory; {@code ~} at the start is the user's home. */
  public Optional<Path> path(String key) {
    return optional(key, ValueText::parsePath, Path::toString);
  }

  /** A file or directory with a default; {@code ~} at the start is the user's home. */
  public Path path(String key, Path fallback) {
    return read(key, fallback, ValueText::parsePath, Path::toString);
  }

  /** An absolute URI. */
  public Optional<URI> uri(String key) {
    return optional(key, ValueText::parseUri, URI::toString);
  }

  /** {@code true} or {@code false}. */
  public boolean bool(String key, boolean fallback) {
    return read(key, fallback, ValueText::parseBoolean, String::valueOf);
  }

  /** A whole number from {@code min} to {@code max}, both included. */
  public int integer(String key, int fallback, int min, int max) {
    return read(key, fallback, text -> ValueText.parseInteger(text, min, max), String::valueOf);
  }

  /** The same, where it may be absent. */
  public Optional<Integer> integer(String key, int min, int max) {
    return optional(key, text -> ValueText.parseInteger(text, min, max), String::valueOf);
  }

  /** An address to listen on, or a name of one. */
  public String host(String key, String fallback) {
    return read(key, fallback, ValueText::parseHost, Function.identity());
  }

  /** A TCP or UDP port; 0 lets the system choose a free one. */
  public int port(String key, int fallback) {
    return integer(key, fallback, 0, 65535);
  }

  /**
   * A time with its unit ({@code 250ms}, {@code 10s}, {@code 2m}, {@code 1h}, {@code 7d}) from
   * {@code least} to {@code most}, both included.
   */
  public Duration duration(String key, Duration fallback, Duration least, Duration most) {
    return read(key, fallback, text -> ValueText.parseDuration(text, least, most), ValueText::show);
  }

  /** A time that may be absent and is of any length that is not negative. */
  public Optional<Duration> duration(String key) {
    return optional(key, ValueText::parseDuration, ValueText::show);
  }

  /**
   * A number of bytes with its unit ({@code 512MiB}, {@code 20GB}) from {@code least} to {@code
   * most}, both included.
   */
  public long bytes(String key, long fallback, long least, long most) {
    return read(key, fallback, text -> ValueText.parseSize(text, least, most), ValueText::showSize);
  }

  /** The same, of memory that is taken from the Java heap: no more than there is of that. */
  public long heap(String key, long fallback, long least, long most) {
    return memory(key, fallback, text -> memory.heap(text, ValueText.parseSize(text, least, most)));
  }

  /** The same, of memory outside the Java heap. */
  public long direct(String key, long fallback, long least, long most) {
    return memory(
        key, fallback, text -> memory.direct(text, ValueText.parseSize(text, least, most)));
  }

  /** A default is not held against what there is: it has to do on small machines too. */
  private long memory(String key, long fallback, Function<String, Long> parse) {
    return read(key, fallback, parse, ValueText::showSize);
  }

  /** A number of bytes that may be absent and is of any size. */
  public Optional<Long> bytes(String key) {
    return optional(key, ValueText::parseSize, ValueText::showSize);
  }

  /** One of an enum's constants, written in lower case with {@code -} for {@code _}. */
  public <E extends Enum<E>> E choice(String key, E fallback) {
    Class<E> type = fallback.getDeclaringClass();
    return read(key, fallback, text -> ValueText.parseChoice(type, text), ValueText::word);
  }

  /** The same, where it may be absent. */
  public <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
    return optional(key, text -> ValueText.parseChoice(type, text), ValueText::word);
  }

  /** A list of texts: a YAML list, or one text separated by commas. */
  public List<String> strings(String key, List<String> fallback) {
    return read(
        key,
        fallback,
        text ->
            Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList(),
        list -> String.join(",", list));
  }

  /** A list of secrets, written as {@link #strings}; shown as {@code ***}. */
  public List<Secret> secrets(String key) {
    return optional(
            key,
            text ->
                Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .map(Secret::new)
                    .toList(),
            secrets -> "***")
        .orElse(List.of());
  }

  /** Adds a problem with a key of this section; it is told of where the value in force is from. */
  public void problem(String key, String message) {
    configuration.problem(configuration.sourceOf(Configuration.join(path, key)), message);
  }

  private <T> T read(String key, T fallback, Function<String, T> parse, Function<T, String> show) {
    Optional<T> value = lookup(key, parse, show);
    if (value.isEmpty()) {
      configuration.record(Configuration.join(path, key), show.apply(fallback), Origin.DEFAULT);
    }
    return value.orElse(fallback);
  }

  private <T> Optional<T> optional(
      String key, Function<String, T> parse, Function<T, String> show) {
    Optional<T> value = lookup(key, parse, show);
    if (value.isEmpty()) {
      configuration.record(Configuration.join(path, key), "", Origin.DEFAULT);
    }
    return value;
  }

  private <T> Optional<T> lookup(String key, Function<String, T> parse, Function<T, String> show) {
    configuration.know(path, key);
    String at = Configuration.join(path, key);
    configuration.knowVariable(at);
    // Each is read, the strongest last: what is overridden today is in force tomorrow.
    Optional<T> value = fromFile(key, at, parse, show);
    String variable = Configuration.variableOf(at);
    String fromEnvironment = configuration.environment().get(variable);
    if (fromEnvironment != null) {
      value = parsed(at, variable, fromEnvironment, Origin.ENVIRONMENT, parse, show);
    }
    String fromCommandLine = configuration.commandLine().get(at);
    if (fromCommandLine != null) {
      value = parsed(at, at, fromCommandLine, Origin.COMMAND_LINE, parse, show);
    }
    return value;
  }

  private <T> Optional<T> fromFile(
      String key, String at, Function<String, T> parse, Function<T, String> show) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Map) {
      configuration.problem(at, "must be one value, not keys of its own");
      configuration.knowAll(at);
      return Optional.empty();
    }
    return parsed(at, at, text(value), Origin.FILE, parse, show);
  }

  private <T> Optional<T> parsed(
      String at,
      String named,
      String text,
      Origin origin,
      Function<String, T> parse,
      Function<T, String> show) {
    try {
      T value = parse.apply(text.strip());
      configuration.record(at, show.apply(value), origin);
      return Optional.of(value);
    } catch (IllegalArgumentException e) {
      configuration.problem(named, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static String text(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(value);
  }
}
