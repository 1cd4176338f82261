package io.millrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The configuration of one program: a tree (parsed from a file), environment variables over it, and
 * command-line values over both. Records read their values through {@link #root()}; what none of
 * them asked for is an unknown key. Problems are collected, and {@link #check()} throws them all at
 * once.
 *
 * <p>The environment variable of a path is {@code MILLRACE_} and the path in upper snake case:
 * {@code ingest.rtmp.port} is {@code MILLRACE_INGEST_RTMP_PORT}, {@code ingest.endGrace} is {@code
 * MILLRACE_INGEST_END_GRACE}.
 *
 * <p>Not thread-safe: loaded once, at start, by one thread.
 */
public final class Configuration {
  private static final String PREFIX = "MILLRACE_";

  private final Map<String, Object> tree;
  private final Map<String, String> environment;
  private final Map<String, String> commandLine;
  private final MemoryBounds memory;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final Map<String, ConfigEntry> entries = new TreeMap<>();
  private final Map<String, Set<String>> knownKeys = new LinkedHashMap<>();
  private final Set<String> knownVariables = new LinkedHashSet<>();
  private final Set<String> freeMaps = new LinkedHashSet<>();

  /**
   * @param tree nested maps, lists and scalars, as a YAML or JSON parser gives them
   * @param environment all environment variables; those that do not start with {@code MILLRACE_}
   *     are ignored
   * @param commandLine values given as options, by dotted path
   */
  public Configuration(
      Map<String, Object> tree, Map<String, String> environment, Map<String, String> commandLine) {
    this(tree, environment, commandLine, MemoryBounds.NONE);
  }

  /**
   * As above.
   *
   * @param memory what the program may take, that sizes of memory are held against
   */
  public Configuration(
      Map<String, Object> tree,
      Map<String, String> environment,
      Map<String, String> commandLine,
      MemoryBounds memory) {
    this.tree = tree;
    this.environment = environment;
    this.commandLine = commandLine;
    this.memory = memory;
  }

  /** The whole tree as a section. */
  public ConfigSection root() {
    return new ConfigSection(this, "", tree, memory);
  }

  /** Adds a problem that a record found by itself (two values that exclude each other, say). */
  public void problem(String path, String message) {
    problems.add(new ConfigProblem(path, message));
  }

  /**
   * Throws what is wrong with the values read so far, and every key that nothing has read.
   *
   * @throws ConfigException with all problems in it, ordered by discovery
   */
  public void check() {
    List<ConfigProblem> all = problems();
    if (!all.isEmpty()) {
      throw new ConfigException(all);
    }
  }

  /** What is wrong with the values read so far, and every key that nothing has read. */
  public List<ConfigProblem> problems() {
    // A section may be read by several records, and what is wrong with it is one problem.
    List<ConfigProblem> all = new ArrayList<>(new LinkedHashSet<>(problems));
    reportUnknown("", tree, all);
    for (String name : environment.keySet()) {
      if (name.startsWith(PREFIX) && !knownVariables.contains(name)) {
        all.add(new ConfigProblem(name, "unknown variable" + nearestVariable(name)));
      }
    }
    return all;
  }

  /** The prefix that all of them have makes none nearer. */
  private String nearestVariable(String name) {
    return Suggestion.nearest(
        PREFIX,
        name.substring(PREFIX.length()),
        knownVariables.stream().map(known -> known.substring(PREFIX.length())).toList());
  }

  /** Every value that has been read, by path. */
  public List<ConfigEntry> entries() {
    return List.copyOf(entries.values());
  }

  private void reportUnknown(String path, Map<String, Object> map, List<ConfigProblem> all) {
    Set<String> known = knownKeys.getOrDefault(path, Set.of());
    if (freeMaps.contains(path)) {
      return;
    }
    map.forEach(
        (key, value) -> {
          String at = join(path, key);
          if (!known.contains(key)) {
            all.add(new ConfigProblem(at, "unknown key" + Suggestion.nearest(key, known)));
          } else if (value instanceof Map<?, ?> child) {
            reportUnknown(at, stringKeys(child), all);
          } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
              if (list.get(i) instanceof Map<?, ?> child) {
                reportUnknown(at + "[" + i + "]", stringKeys(child), all);
              }
            }
          }
        });
  }

  /** The path, or the variable where the value that is in force there is from one. */
  String sourceOf(String path) {
    ConfigEntry entry = entries.get(path);
    return entry != null && entry.origin() == ConfigEntry.Origin.ENVIRONMENT
        ? variableOf(path)
        : path;
  }

  void know(String sectionPath, String key) {
    knownKeys.computeIfAbsent(sectionPath, p -> new LinkedHashSet<>()).add(key);
  }

  void knowVariable(String path) {
    knownVariables.add(variableOf(path));
  }

  void knowAll(String sectionPath) {
    freeMaps.add(sectionPath);
  }

  void record(String path, String shown, ConfigEntry.Origin origin) {
    entries.put(path, new ConfigEntry(path, shown, origin));
  }

  Map<String, String> environment() {
    return environment;
  }

  Map<String, String> commandLine() {
    return commandLine;
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static String variableOf(String path) {
    return PREFIX
        + path.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("[.\\-]", "_")
            .toUpperCase(Locale.ROOT);
  }

  static Map<String, Object> stringKeys(Map<?, ?> map) {
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach((k, v) -> result.put(String.valueOf(k), v));
    return result;
  }
}
